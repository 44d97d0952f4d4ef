/**
 * Keeps the thoughts that came with a tool call, for clients whose dialect has no field to bring a seal back in: their provider
 * refuses the call's result, or thinks anew, without them. Bounded, in memory alone.
 */
import type { ChatEvent, ToolStartEvent } from '../../chat/event.ts';
import type { ChatMessage, ChatRequest, ContentPart, ReasoningPart, ToolCallPart } from '../../chat/request.ts';
import type { Seal } from '../../chat/seal.ts';

interface Remembered {
  /** What was thought before any word was said: providers want it before the words. */
  readonly first: readonly ReasoningPart[];
  /** What else was thought before the call. */
  readonly thoughts: readonly ReasoningPart[];
  /** The call's own seal. */
  readonly seal: Seal | null;
  readonly bytes: number;
}

const mostBytes = 32 * 1024 * 1024;
const mostCalls = 10_000;
/** No model thinks nearly so long before one call; one that writes without end must not be kept while it does. */
const mostBytesOfOneCall = 4 * 1024 * 1024;
/** What a thought costs beside its text and its seal. */
const emptyThoughtBytes = 128;

const sealBytes = (seal: Seal | null): number => seal?.data.length ?? 0;

/** What one choice of an answer thinks until it calls a tool. */
interface Thinking {
  text: string;
  hasSpoken: boolean;
  /** Of text and seals. */
  bytes: number;
  readonly first: ReasoningPart[];
  readonly thoughts: ReasoningPart[];
}

/** What follows a call stays behind it. */
const afterCall = (): Thinking => ({ text: '', hasSpoken: true, bytes: 0, first: [], thoughts: [] });

/** Thoughts without a seal are not kept: nobody wants them back. */
function follow(thinking: Thinking, event: Extract<ChatEvent, { type: 'text' | 'reasoning' | 'reasoning-end' }>): void {
  if (event.type === 'text') thinking.hasSpoken ||= event.text !== '';
  else if (event.type === 'reasoning') {
    thinking.bytes += event.text.length;
    // What is too long to be kept is not gathered either.
    thinking.text = thinking.bytes <= mostBytesOfOneCall ? thinking.text + event.text : '';
  } else {
    const { seal, redacted } = event;
    thinking.bytes += sealBytes(seal) + emptyThoughtBytes;
    const part = { type: 'reasoning', text: thinking.text, seal, redacted } as const;
    if (seal && thinking.bytes <= mostBytesOfOneCall) (thinking.hasSpoken ? thinking.thoughts : thinking.first).push(part);
    thinking.text = '';
  }
}

export class ReasoningMemory {
  /** By client and call; the first is the oldest. */
  readonly #calls = new Map<string, Remembered>();
  #bytes = 0;

  /** How many calls are remembered. */
  get size(): number {
    return this.#calls.size;
  }

  /** Sees the events of an answer, after those of others that failed, and remembers what belongs to its calls. */
  observe(clientId: string | null): (event: ChatEvent) => void {
    const choices = new Map<number, Thinking>();
    return (event) => {
      if (event.type === 'start') choices.clear();
      if (event.type !== 'text' && event.type !== 'reasoning' && event.type !== 'reasoning-end' && event.type !== 'tool-start')
        return;
      const choice = event.choice ?? 0;
      const thinking = choices.get(choice) ?? { text: '', hasSpoken: false, bytes: 0, first: [], thoughts: [] };
      choices.set(choice, event.type === 'tool-start' ? afterCall() : thinking);
      if (event.type === 'tool-start') this.#rememberCall(clientId, event, thinking);
      else follow(thinking, event);
    };
  }

  #rememberCall(clientId: string | null, call: ToolStartEvent, { bytes, first, thoughts }: Thinking): void {
    const seal = call.seal ?? null;
    // Thoughts that are not whole are worth nothing beside their seals.
    if (bytes > mostBytesOfOneCall) return;
    if (first.length > 0 || thoughts.length > 0 || seal) this.#keep(keyOf(clientId, call.id), { first, thoughts, seal });
  }

  /** Puts what is remembered back before the calls that it belongs to. */
  recall(clientId: string | null, request: ChatRequest): ChatRequest {
    if (this.#calls.size === 0) return request;
    return { ...request, messages: request.messages.map((message) => this.#recallMessage(clientId, message)) };
  }

  #recallMessage(clientId: string | null, message: ChatMessage): ChatMessage {
    if (message.role !== 'assistant') return message;
    if (message.parts.some((part) => part.type === 'reasoning' && part.seal !== null)) return message;
    const known = message.parts.map((part) => (part.type === 'tool-call' ? this.#find(clientId, part) : undefined));
    if (known.every((each) => each === undefined)) return message;
    const hasThoughts = known.some((each) => each && each.first.length + each.thoughts.length > 0);
    const parts = message.parts.flatMap((part, index): readonly ContentPart[] => {
      // What its client shows of the thoughts itself is the same without its seal.
      if (part.type === 'reasoning') return hasThoughts ? [] : [part];
      const remembered = known[index];
      if (part.type !== 'tool-call' || !remembered) return [part];
      return [...remembered.thoughts, remembered.seal ? { ...part, seal: remembered.seal } : part];
    });
    return { ...message, parts: [...known.flatMap((each) => each?.first ?? []), ...parts] };
  }

  #find(clientId: string | null, { id }: ToolCallPart): Remembered | undefined {
    return this.#calls.get(keyOf(clientId, id));
  }

  #keep(key: string, remembered: Omit<Remembered, 'bytes'>): void {
    const { first, thoughts, seal } = remembered;
    const sizes = [...first, ...thoughts].map((thought) => thought.text.length + sealBytes(thought.seal) + emptyThoughtBytes);
    const bytes = sizes.reduce((sum, size) => sum + size, key.length + sealBytes(seal));
    this.#forget(key);
    // One that has no room alone would push out all others for nothing.
    if (bytes > mostBytes) return;
    this.#calls.set(key, { ...remembered, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#calls.keys()) {
      if (this.#bytes <= mostBytes && this.#calls.size <= mostCalls) break;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    this.#bytes -= this.#calls.get(key)?.bytes ?? 0;
    this.#calls.delete(key);
  }
}

const keyOf = (clientId: string | null, callId: string): string => `${clientId ?? ''} ${callId}`;
