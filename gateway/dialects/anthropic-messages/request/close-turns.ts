/** Makes the end of a conversation one that the model may go on from. */
import type { FidelityNotes } from '../../../chat/fidelity.ts';
import type { Block } from './encode-blocks.ts';
import type { Turn } from './encode-turns.ts';

/** @param mayPrefill may the assistant's words stand last, for the model to go on from them? */
export function closeTurns(turns: Turn[], mayPrefill: boolean, notes: FidelityNotes): void {
  const last = turns.at(-1);
  if (last?.role !== 'assistant') return;
  if (!mayPrefill) {
    notes.emulate(
      'messages',
      "with a short turn of the user behind the assistant's: this model may not go on from its own words",
    );
    turns.push({ role: 'user', content: [{ type: 'text', text: '(continue)' }] });
    return;
  }
  const content = withoutThoughts(last.content, notes).map((block, index, all) =>
    index === all.length - 1 ? trimEnd(block) : block,
  );
  const kept = content.filter((block) => block.type !== 'text' || block.text !== '');
  turns.pop();
  if (kept.length > 0) turns.push({ role: 'assistant', content: kept });
}

/** A model that does not think takes no thoughts in a turn that it is to go on from. */
function withoutThoughts(content: readonly Block[], notes: FidelityNotes): Block[] {
  const kept = content.filter(({ type }) => type !== 'thinking' && type !== 'redacted_thinking');
  if (kept.length < content.length) notes.drop('messages.*.reasoning', 'a turn that is to be gone on from may hold no thoughts');
  return kept;
}

function trimEnd(block: Block): Block {
  return block.type === 'text' && typeof block.text === 'string' ? { ...block, text: block.text.trimEnd() } : block;
}
