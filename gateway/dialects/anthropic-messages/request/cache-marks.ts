/** Keeps a request within the four cache marks that the API takes. */
import type { FidelityNotes } from '../../../chat/fidelity.ts';
import { isFields } from '../../json/fields.ts';

const mostMarks = 4;

interface Markable {
  [field: string]: unknown;
}

/**
 * Takes the earliest surplus marks off: a later one caches what stands before it, too.
 * @param blocks in the order in which the API caches them: tools, system, messages
 */
export function limitCacheMarks(blocks: readonly Markable[], notes: FidelityNotes): void {
  const marked = blocks.flatMap(withNested).filter((block) => block.cache_control !== undefined);
  for (const block of marked.slice(0, -mostMarks)) {
    notes.drop('messages.*.cache_control', `the API takes ${mostMarks} cache marks; the last ones are kept`);
    delete block.cache_control;
  }
}

/** A tool result's own content comes before its mark. Other blocks with content are the client's own, and not ours to change. */
function withNested(block: Markable): readonly Markable[] {
  const content: readonly unknown[] = block.type === 'tool_result' && Array.isArray(block.content) ? block.content : [];
  return [...content.filter((each): each is Markable => isFields(each)), block];
}
