/** Tells the opening of a stream, which only says that an answer will come, from the answer itself. */
import { GatewayError } from '../../chat/error.ts';
import type { ChatEvent } from '../../chat/event.ts';
import type { StreamDecoder } from '../../dialects/codec.ts';
import type { Dialect } from '../../dialects/dialect.ts';
import type { ServerSentEvent } from '../../dialects/sse/read-events.ts';

export class StreamPrelude {
  readonly #dialect: Dialect;
  #decoder: StreamDecoder | null = null;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /**
   * Is this event a part of the opening (a role, `message_start`, a ping)? Asked of each event until one is not. What a codec
   * cannot read is not, and neither is anything of a dialect that is never translated.
   * @throws GatewayError `upstream-protocol` for what is no JSON
   */
  holds({ data, event }: ServerSentEvent): boolean {
    if (data === null || this.#dialect.chat === null) return false;
    this.#decoder ??= this.#dialect.chat.createStreamDecoder();
    try {
      return !this.#decoder.push(data, event).some(isContent) && !this.#decoder.ended;
    } catch (cause) {
      if (isMalformed(data)) throw malformedEvent(cause);
      return false;
    }
  }
}

/** Is it neither JSON nor OpenAI's terminator? */
export function isMalformed(data: string): boolean {
  if (data.trim() === '[DONE]' || data.trim() === '') return false;
  try {
    JSON.parse(data);
    return false;
  } catch {
    return true;
  }
}

export function malformedEvent(cause?: unknown): GatewayError {
  return new GatewayError('upstream-protocol', "an event of the provider's stream is no sound JSON", { cause });
}

/** Before this the upstream has only said that it will answer. */
export function isContent(event: ChatEvent): boolean {
  if (event.type === 'text' || event.type === 'reasoning') return event.text !== '';
  return event.type !== 'start' && event.type !== 'usage' && event.type !== 'native';
}
