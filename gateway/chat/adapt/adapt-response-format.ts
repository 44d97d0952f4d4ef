/** Asks for JSON by instruction where a dialect has no other way. */
import type { Abilities } from '../abilities.ts';
import type { FidelityNotes } from '../fidelity.ts';
import type { ChatMessage, ChatRequest, ResponseFormat } from '../request.ts';

const onlyJson = 'Answer with one JSON value and nothing else: no code fence, no words before or after it.';

export function adaptResponseFormat(request: ChatRequest, abilities: Abilities, notes: FidelityNotes): ChatRequest {
  const { responseFormat } = request;
  if (responseFormat.type === 'text' || can(responseFormat, abilities)) return request;
  notes.emulate('response_format', 'by an instruction in the system prompt; nobody holds the model to it');
  const fallback: ResponseFormat = { type: responseFormat.type === 'json-schema' && abilities.jsonMode ? 'json' : 'text' };
  return { ...request, responseFormat: fallback, messages: instruct(request.messages, instructionFor(responseFormat)) };
}

function instructionFor(format: ResponseFormat): string {
  if (format.type !== 'json-schema') return onlyJson;
  const purpose = format.description ? ` What it is: ${format.description}` : '';
  return `${onlyJson}${purpose} It must fit this JSON schema:\n${JSON.stringify(format.schema)}`;
}

const can = (format: ResponseFormat, abilities: Abilities): boolean =>
  format.type === 'json-schema' ? abilities.jsonSchema : abilities.jsonMode;

/** Behind the other instructions, before the conversation. */
function instruct(messages: readonly ChatMessage[], text: string): readonly ChatMessage[] {
  const first = messages.findIndex(({ role }) => role !== 'system' && role !== 'developer');
  const place = first === -1 ? messages.length : first;
  const instruction: ChatMessage = { role: 'system', parts: [{ type: 'text', text }] };
  return [...messages.slice(0, place), instruction, ...messages.slice(place)];
}
