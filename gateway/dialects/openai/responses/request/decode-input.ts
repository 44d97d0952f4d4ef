/** Reads the `input` of a Responses request, a text or a list of items, into messages in the same order. */
import { GatewayError } from '../../../../chat/error.ts';
import type { ChatMessage, ContentPart, ReasoningPart, ToolCallPart, ToolDefinition } from '../../../../chat/request.ts';
import type { Seal } from '../../../../chat/seal.ts';
import {
  type Fields,
  isAbsent,
  isFields,
  readChoice,
  readFields,
  readList,
  readName,
  readText,
  refuse,
} from '../../../json/fields.ts';
import { decodeContent, decodeOutput } from './decode-content.ts';
import { decodeTools } from './decode-tools.ts';
import { dialectName } from '../dialect-name.ts';
import { readSealedContent } from '../sealed-content.ts';

export interface DecodedInput {
  readonly messages: readonly ChatMessage[];
  /** Tools that are offered from some item on. */
  readonly tools: readonly ToolDefinition[];
}

const roles = ['user', 'assistant', 'system', 'developer'] as const;

/**
 * What the assistant wrote, thought and called in a row becomes one message of it; each result is a message of its own.
 * Items of hosted tools, their results too, stand among what the assistant did.
 * @param unread takes what has no word in the inner language
 * @throws GatewayError `bad-request`; `untranslatable` for an item that only its id names
 */
export function decodeInput(value: unknown, unread: string[]): DecodedInput {
  if (typeof value === 'string') return { messages: [{ role: 'user', parts: [{ type: 'text', text: value }] }], tools: [] };
  if (isAbsent(value)) refuse('input', 'is missing; it must be text or a list of items', 'missing_required_parameter');
  if (!Array.isArray(value)) refuse('input', 'must be text or a list of items', 'invalid_type');
  const reader = new InputReader(unread);
  for (const [index, item] of value.entries()) {
    const field = `input.${index}`;
    reader.read(readFields(item, field), field);
  }
  return reader.end();
}

class InputReader {
  readonly #messages: ChatMessage[] = [];
  readonly #tools: ToolDefinition[] = [];
  readonly #unread: string[];
  /** The parts of the last message while it is the assistant's. */
  #assistant: ContentPart[] | null = null;
  /** Stood on a reasoning item, and belongs to the call that follows. */
  #callSeal: Seal | null = null;

  constructor(unread: string[]) {
    this.#unread = unread;
  }

  read(item: Fields, field: string): void {
    const type = typeOf(item, field);
    if (type !== 'function_call' && type !== 'custom_tool_call') this.#keepCallSeal();
    if (type === 'message') this.#readMessage(item, field);
    else if (type === 'reasoning') this.#readReasoning(item, field);
    else if (type === 'function_call' || type === 'custom_tool_call') this.#addToAssistant([this.#readCall(item, field)]);
    else if (type === 'function_call_output' || type === 'custom_tool_call_output') this.#readResult(item, field);
    else if (type === 'additional_tools') this.#tools.push(...decodeTools(item.tools, `${field}.tools`, this.#unread));
    else if (type === 'item_reference') throw keptElsewhere(field);
    else this.#addToAssistant([{ type: 'native', dialect: dialectName, name: type, json: item }]);
  }

  end(): DecodedInput {
    this.#keepCallSeal();
    return { messages: this.#messages, tools: this.#tools };
  }

  #readMessage(item: Fields, field: string): void {
    if (!isAbsent(item.phase)) this.#unread.push(`${field}.phase`);
    const role = readChoice(item.role, `${field}.role`, roles);
    const parts = decodeContent(item.content, `${field}.content`, this.#unread);
    if (role === 'assistant') this.#addToAssistant(parts);
    else this.#add({ role, parts });
  }

  #readReasoning(item: Fields, field: string): void {
    const text = [...textsOf(item.summary, `${field}.summary`), ...textsOf(item.content, `${field}.content`)].join('\n\n');
    const content = isAbsent(item.encrypted_content) ? '' : readText(item.encrypted_content, `${field}.encrypted_content`);
    if (content === '') return this.#addToAssistant([reasoningPart(text, null)]);
    const { seal, place } = readSealedContent(content, text !== '');
    if (place === 'call') this.#callSeal = seal;
    else if (place !== 'text' || !this.#sealLastText(seal))
      this.#addToAssistant([reasoningPart(text, seal, place === 'redacted')]);
  }

  #sealLastText(seal: Seal): boolean {
    const last = this.#assistant?.at(-1);
    if (last?.type !== 'text') return false;
    this.#assistant?.splice(-1, 1, { ...last, seal });
    return true;
  }

  /** A seal whose call did not follow stays where it stood. */
  #keepCallSeal(): void {
    const seal = this.#callSeal;
    this.#callSeal = null;
    if (seal) this.#addToAssistant([reasoningPart('', seal)]);
  }

  #readCall(item: Fields, field: string): ToolCallPart {
    const seal = this.#callSeal;
    this.#callSeal = null;
    const isCustom = item.type === 'custom_tool_call';
    return {
      type: 'tool-call',
      id: readName(isAbsent(item.call_id) ? item.id : item.call_id, `${field}.call_id`),
      name: readName(item.name, `${field}.name`),
      ...(isAbsent(item.namespace) ? {} : { namespace: readName(item.namespace, `${field}.namespace`) }),
      kind: isCustom ? 'custom' : 'function',
      input: isCustom ? readText(item.input, `${field}.input`) : readText(item.arguments, `${field}.arguments`),
      ...(seal ? { seal } : {}),
    };
  }

  #readResult(item: Fields, field: string): void {
    const callId = readName(item.call_id, `${field}.call_id`);
    const name = isAbsent(item.name) ? null : readText(item.name, `${field}.name`);
    const content = decodeOutput(item.output, `${field}.output`, this.#unread);
    this.#add({ role: 'tool', parts: [{ type: 'tool-result', callId, name, content, isError: false }] });
  }

  #add(message: ChatMessage): void {
    this.#assistant = null;
    this.#messages.push(message);
  }

  #addToAssistant(parts: readonly ContentPart[]): void {
    if (this.#assistant === null) {
      const own: ContentPart[] = [];
      this.#add({ role: 'assistant', parts: own });
      this.#assistant = own;
    }
    this.#assistant.push(...parts);
  }
}

/** Left out, a turn of the conversation would be missing. */
function keptElsewhere(field: string): GatewayError {
  return new GatewayError('untranslatable', `${field} refers to an item that is not kept here: send the item itself.`, { field });
}

/** Messages and references may leave their type out. */
function typeOf({ type, role, id }: Fields, field: string): string {
  if (!isAbsent(type)) return readName(type, `${field}.type`);
  if (!isAbsent(role)) return 'message';
  return typeof id === 'string' ? 'item_reference' : readName(type, `${field}.type`);
}

function reasoningPart(text: string, seal: Seal | null, redacted = false): ReasoningPart {
  return { type: 'reasoning', text, seal, redacted };
}

function textsOf(value: unknown, field: string): readonly string[] {
  if (isAbsent(value)) return [];
  return readList(value, field).map((part, index) => {
    const at = `${field}.${index}`;
    return readText(isFields(part) ? part.text : refuse(at, 'must be an object', 'invalid_type'), `${at}.text`);
  });
}
