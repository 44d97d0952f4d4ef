/**
 * Keeps the thoughts that came with a tool call, for clients whose dialect has no field to bring a seal back in: their provider
 * refuses the call's result, or thinks anew, without them. Bounded, in memory alone.
 */
import type { ChatEvent } from '../chat/event.ts';
import type { ChatMessage, ChatRequest, ContentPart, ReasoningPart, ToolCallPart } from '../chat/request.ts';
import type { Seal } from '../chat/seal.ts';

interface Remembered {
  /** What was thought before the call. */
  readonly thoughts: readonly ReasoningPart[];
  /** The call's own seal. */
  readonly seal: Seal | null;
  readonly bytes: number;
}

const mostBytes = 32 * 1024 * 1024;
const mostCalls = 10_000;
/** No model thinks nearly so long before one call; one that writes without end must not be kept while it does. */
const mostBytesOfOneCall = 4 * 1024 * 1024;

export class ReasoningMemory {
  /** By client and call; the first is the oldest. */
  readonly #calls = new Map<string, Remembered>();
  #bytes = 0;

  /** How many calls are remembered. */
  get size(): number {
    return this.#calls.size;
  }

  /** Sees the events of one answer and remembers what belongs to its calls. */
  observe(clientId: string | null): (event: ChatEvent) => void {
    let thoughts: ReasoningPart[] = [];
    let text = '';
    let bytes = 0;
    return (event) => {
      if (event.type === 'reasoning') {
        bytes += event.text.length;
        text = bytes <= mostBytesOfOneCall ? text + event.text : '';
      }
      if (event.type === 'reasoning-end') {
        bytes += sealBytes(event.seal) + emptyThoughtBytes;
        if (bytes <= mostBytesOfOneCall) thoughts.push({ type: 'reasoning', text, seal: event.seal, redacted: event.redacted });
        text = '';
      }
      if (event.type !== 'tool-start') return;
      // A thought that is not whole is worth nothing beside its seal.
      const sealed = bytes <= mostBytesOfOneCall ? thoughts.filter(({ seal }) => seal !== null) : [];
      if (sealed.length > 0 || event.seal) this.#keep(keyOf(clientId, event.id), sealed, event.seal ?? null);
      thoughts = [];
      text = '';
      bytes = 0;
    };
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
    // What its client shows of the thoughts itself is the same without its seal.
    const parts = message.parts.flatMap((part, index): readonly ContentPart[] => {
      if (part.type === 'reasoning') return [];
      const remembered = known[index];
      if (part.type !== 'tool-call' || !remembered) return [part];
      return [...remembered.thoughts, remembered.seal ? { ...part, seal: remembered.seal } : part];
    });
    return { ...message, parts };
  }

  #find(clientId: string | null, { id }: ToolCallPart): Remembered | undefined {
    return this.#calls.get(keyOf(clientId, id));
  }

  #keep(key: string, thoughts: readonly ReasoningPart[], seal: Seal | null): void {
    const own = key.length + sealBytes(seal);
    const bytes = thoughts.reduce((sum, { text, seal: of }) => sum + text.length + sealBytes(of) + emptyThoughtBytes, own);
    this.#forget(key);
    this.#calls.set(key, { thoughts, seal, bytes });
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

/** What a thought costs beside its text and its seal. */
const emptyThoughtBytes = 128;

const sealBytes = (seal: Seal | null): number => seal?.data.length ?? 0;

const keyOf = (clientId: string | null, callId: string): string => `${clientId ?? ''} ${callId}`;
