/** Notes what an event of an answer holds that Ollama has no place for. */
import type { ChatEvent } from '../../../chat/event.ts';
import type { FidelityNotes } from '../../../chat/fidelity.ts';

export function noteLosses(event: ChatEvent, notes: FidelityNotes): void {
  switch (event.type) {
    case 'reasoning-end':
      if (event.seal) notes.drop('answer.reasoning.signature', 'Ollama has no place for a seal');
      break;
    case 'text-seal':
      notes.drop('answer.text.signature', 'Ollama has no place for a seal');
      break;
    case 'tool-start':
      if (event.seal) notes.drop('answer.tool_calls.signature', 'Ollama has no place for a seal');
      break;
    case 'citation':
      notes.drop('answer.citations', 'Ollama has no citations');
      break;
    case 'refusal':
      notes.emulate('answer.refusal', 'as text');
      break;
    case 'media':
      if (!isPicture(event.mediaType)) notes.drop('answer.media', 'an Ollama answer holds pictures alone');
      break;
    case 'native':
      notes.drop(`answer.${event.name}`, `it means something to clients of ${event.dialect} alone`);
      break;
    default:
  }
}

export function isPicture(mediaType: string): boolean {
  return mediaType.startsWith('image/');
}
