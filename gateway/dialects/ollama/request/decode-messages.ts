/** Reads the messages of a chat request; a tool's result, which may name its call by id, by tool or by place alone, finds its call. */
import type { ChatMessage, ContentPart, ToolCallPart } from '../../../chat/request.ts';
import { type Fields, isAbsent, readChoice, readFields, readList, readName, readText, refuse } from '../../json/fields.ts';
import { decodeImages } from './decode-images.ts';
import { decodeArguments } from '../tool-arguments.ts';
import { unreadFields } from './unread-fields.ts';

const roles = ['system', 'developer', 'user', 'assistant', 'tool'] as const;
const common = ['role', 'content', 'images'];
const assistantFields: ReadonlySet<string> = new Set([...common, 'thinking', 'tool_calls']);
/** `name` is the older word for `tool_name`. */
const toolFields: ReadonlySet<string> = new Set([...common, 'tool_name', 'name', 'tool_call_id']);
const otherFields: ReadonlySet<string> = new Set(common);

interface DecodedMessages {
  readonly messages: readonly ChatMessage[];
  readonly unread: readonly string[];
}

/** @throws GatewayError `bad-request` naming the field */
export function decodeMessages(value: unknown): DecodedMessages {
  const messages: ChatMessage[] = [];
  const unread: string[] = [];
  const calls = new OpenCalls();
  for (const [index, each] of readList(value, 'messages').entries()) {
    const path = `messages.${index}`;
    const message = readFields(each, path);
    const role = readRole(message['role'], `${path}.role`);
    const fields = role === 'assistant' ? assistantFields : role === 'tool' ? toolFields : otherFields;
    unread.push(...unreadFields(message, fields, `${path}.`));
    messages.push({ role, parts: decodeParts(role, message, path, calls) });
  }
  if (messages.length === 0) refuse('messages', 'must not be empty');
  return { messages, unread };
}

function readRole(value: unknown, field: string) {
  return readChoice(typeof value === 'string' ? value.toLowerCase() : value, field, roles);
}

function decodeParts(role: ChatMessage['role'], message: Fields, path: string, calls: OpenCalls): readonly ContentPart[] {
  if (role === 'tool') return [decodeResult(message, path, calls)];
  if (role === 'assistant') return decodeAssistant(message, path, calls);
  if (role === 'user') calls.forget();
  return decodeContent(message, path);
}

/** Pictures stand before the text: so Ollama puts them into its prompt. */
function decodeContent(message: Fields, path: string): readonly ContentPart[] {
  const text = readOptionalText(message['content'], `${path}.content`);
  const images = decodeImages(message['images'], `${path}.images`);
  return text === '' ? images : [...images, { type: 'text', text }];
}

function decodeAssistant(message: Fields, path: string, calls: OpenCalls): readonly ContentPart[] {
  const thinking = readOptionalText(message['thinking'], `${path}.thinking`);
  const made = isAbsent(message['tool_calls']) ? [] : readList(message['tool_calls'], `${path}.tool_calls`);
  const parts = made.map((call, index) => decodeCall(call, `${path}.tool_calls.${index}`));
  calls.open(parts);
  const content = decodeContent(message, path);
  return thinking === ''
    ? [...content, ...parts]
    : [{ type: 'reasoning', text: thinking, seal: null, redacted: false }, ...content, ...parts];
}

/** A call without an id is named by its place, so that the same conversation always has the same ids. */
function decodeCall(value: unknown, path: string): ToolCallPart {
  const call = readFields(value, path);
  const called = readFields(call['function'], `${path}.function`);
  const id = readOptionalText(call['id'], `${path}.id`) || path.replace(/^messages\.(\d+)\.tool_calls\.(\d+)$/, 'call_$1_$2');
  const name = readName(called['name'], `${path}.function.name`);
  return { type: 'tool-call', id, name, kind: 'function', input: decodeArguments(called['arguments']) };
}

function decodeResult(message: Fields, path: string, calls: OpenCalls): ContentPart {
  const id = readOptionalText(message['tool_call_id'], `${path}.tool_call_id`);
  const toolName =
    readOptionalText(message['tool_name'], `${path}.tool_name`) || readOptionalText(message['name'], `${path}.name`);
  const call = calls.answer(id, toolName);
  return {
    type: 'tool-result',
    callId: call?.id ?? (id || path.replace('messages.', 'call_')),
    name: toolName || (call?.name ?? null),
    content: decodeContent(message, path),
    isError: false,
  };
}

function readOptionalText(value: unknown, field: string): string {
  return isAbsent(value) ? '' : readText(value, field);
}

/** Calls in the order they were made; those before `next` have been answered. */
interface Line {
  readonly calls: ToolCallPart[];
  next: number;
}

/** The calls of this turn that have no result yet: all in one line, and in one for each id and each tool. */
class OpenCalls {
  readonly #lines = new Map<string, Line>();
  readonly #answered = new Set<ToolCallPart>();

  open(calls: readonly ToolCallPart[]): void {
    for (const call of calls) for (const name of ['all', `id ${call.id}`, `tool ${call.name}`]) this.#join(name, call);
  }

  /** What the user cuts short is not answered any more. */
  forget(): void {
    this.#lines.clear();
    this.#answered.clear();
  }

  /** The call with that id, else the first of that tool, else, where no tool is named, the first. */
  answer(id: string, toolName: string): ToolCallPart | null {
    const found = this.#first(`id ${id}`) ?? this.#first(toolName === '' ? 'all' : `tool ${toolName}`);
    if (found) this.#answered.add(found);
    return found;
  }

  #join(name: string, call: ToolCallPart): void {
    const line = this.#lines.get(name);
    if (line) line.calls.push(call);
    else this.#lines.set(name, { calls: [call], next: 0 });
  }

  #first(name: string): ToolCallPart | null {
    const line = this.#lines.get(name);
    if (!line) return null;
    for (; line.next < line.calls.length; line.next += 1) {
      const call = line.calls[line.next];
      if (call && !this.#answered.has(call)) return call;
    }
    return null;
  }
}
