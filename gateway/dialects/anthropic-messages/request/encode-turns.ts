/**
 * Writes the conversation as the API demands it: the system prompt apart, then turns of user and assistant one after the other,
 * each call of a tool answered at the beginning of the very next turn.
 */
import type { FidelityNotes } from '../../../chat/fidelity.ts';
import type { ChatMessage, ToolResultPart } from '../../../chat/request.ts';
import { type Block, encodeParts, encodeResult } from './encode-blocks.ts';
import { ToolIds } from './tool-ids.ts';

export interface Turn {
  readonly role: 'user' | 'assistant';
  readonly content: Block[];
}

export interface Conversation {
  readonly system: Block[];
  /** At least one, the first of them the user's. */
  readonly turns: Turn[];
}

/** @throws GatewayError `untranslatable` naming a picture or file of a kind the API does not take */
export function encodeConversation(messages: readonly ChatMessage[], notes: FidelityNotes): Conversation {
  const start = messages.findIndex(({ role }) => !isInstruction(role));
  const leading = start === -1 ? messages.length : start;
  const turns = new Turns(notes);
  const system = messages.slice(0, leading).flatMap((message, index) => turns.encodeInstruction(message, index));
  for (const [index, message] of messages.entries()) if (index >= leading) turns.add(message, index);
  return turns.finish(system);
}

function isInstruction(role: ChatMessage['role']): boolean {
  return role === 'system' || role === 'developer';
}

class Turns {
  readonly #notes: FidelityNotes;
  readonly #turns: Turn[] = [];
  readonly #ids = new ToolIds();
  /** By its id on the wire, the place of the turn that made a call which nobody has answered yet. */
  readonly #open = new Map<string, number>();
  /** By the place of their turn: they stand first in it. */
  readonly #results = new Map<number, Block[]>();

  constructor(notes: FidelityNotes) {
    this.#notes = notes;
  }

  /** Instructions are text alone. */
  encodeInstruction(message: ChatMessage, index: number): Block[] {
    const parts = message.parts.filter(({ type }) => type === 'text');
    if (parts.length < message.parts.length)
      this.#notes.drop(`messages.${index}.content`, 'Anthropic takes instructions as text alone');
    return this.#encode({ ...message, parts }, index);
  }

  add(message: ChatMessage, index: number): void {
    if (isInstruction(message.role)) this.#addInstruction(message, index);
    else if (message.role === 'tool') this.#addResults(message, index);
    else if (message.role === 'assistant') this.#addAssistant(this.#encode(message, index));
    else this.#push('user', this.#encode(message, index));
  }

  finish(system: Block[]): Conversation {
    this.#answerOpenCalls();
    const turns = this.#turns.map(({ role, content }, place) => ({
      role,
      content: [...(this.#results.get(place) ?? []), ...content],
    }));
    if (turns.length === 0 && system.length > 0) {
      this.#notes.emulate('messages.0.role', "as the user's: there is no other message");
      return { system: [], turns: [{ role: 'user', content: system }] };
    }
    if (turns[0]?.role !== 'user') {
      this.#notes.emulate('messages.0', 'behind a short turn of the user, who must begin');
      turns.unshift({ role: 'user', content: [{ type: 'text', text: '(continued)' }] });
    }
    return { system, turns };
  }

  #push(role: Turn['role'], content: Block[]): void {
    const last = this.#turns.at(-1);
    if (content.length === 0) return;
    if (last?.role === role) last.content.push(...content);
    else this.#turns.push({ role, content });
  }

  #encode({ parts, name }: ChatMessage, index: number): Block[] {
    if (name !== undefined) this.#notes.drop(`messages.${index}.name`, 'Anthropic knows no names of participants');
    return encodeParts(parts, `messages.${index}.content`, this.#ids, this.#notes);
  }

  /** Only the newest models know instructions in the middle of a conversation. */
  #addInstruction(message: ChatMessage, index: number): void {
    const blocks = this.encodeInstruction(message, index);
    if (blocks.length === 0) return;
    this.#notes.emulate(`messages.${index}.role`, 'in a turn of the user, between <system> and </system>');
    this.#push(
      'user',
      blocks.map((block) => ({ ...block, text: `<system>\n${String(block.text)}\n</system>` })),
    );
  }

  #addAssistant(content: Block[]): void {
    this.#push('assistant', content);
    for (const { type, id } of content) {
      if (type === 'tool_use' && typeof id === 'string') this.#open.set(id, this.#turns.length - 1);
    }
  }

  #addResults({ parts }: ChatMessage, index: number): void {
    for (const [place, part] of parts.entries()) {
      const path = `messages.${index}.content.${place}`;
      if (part.type === 'tool-result') this.#addResult(part, path);
      else this.#push('user', encodeParts([part], `messages.${index}.content`, this.#ids, this.#notes));
    }
  }

  #addResult(part: ToolResultPart, path: string): void {
    const id = this.#ids.ofResult(part.callId);
    const caller = id === null ? undefined : this.#open.get(id);
    if (id === null || caller === undefined) {
      this.#notes.emulate(path, 'as text of the user: no open call has its id');
      const content = encodeParts(part.content, `${path}.content`, this.#ids, this.#notes);
      this.#push('user', [{ type: 'text', text: `The result of the tool call ${part.callId || '(unnamed)'}:` }, ...content]);
      return;
    }
    if (caller < this.#turns.length - 2) this.#notes.emulate(path, 'directly behind its call');
    this.#answer(id, caller, encodeResult(part, id, path, this.#ids, this.#notes));
  }

  /** In the turn behind their call. */
  #answer(id: string, caller: number, result: Block): void {
    this.#open.delete(id);
    const place = caller + 1;
    if (place === this.#turns.length) this.#turns.push({ role: 'user', content: [] });
    const results = this.#results.get(place);
    if (results) results.push(result);
    else this.#results.set(place, [result]);
  }

  #answerOpenCalls(): void {
    for (const [id, caller] of this.#open) {
      this.#notes.emulate('messages.*.tool_calls', 'with a result that says there is none: the API demands one for each call');
      this.#answer(id, caller, { type: 'tool_result', tool_use_id: id, content: '(no result)', is_error: true });
    }
  }
}
