/** Writes Responses answers, streamed and whole: both are the same events, and the object that closes them. */
import type { ChatEvent } from '../../../../chat/event.ts';
import type { AnswerOptions, StreamEncoder } from '../../../codec.ts';
import { doneFrame } from '../../encode-frame.ts';
import { AnswerWriter, type WireEvent, type WireResponse } from './answer-writer.ts';

/** Behind the closing event stands `[DONE]`: OpenAI leaves it out, Open Responses asks for it, and no client minds. */
export function createStreamEncoder(options: AnswerOptions): StreamEncoder {
  const writer = new AnswerWriter(options);
  return {
    push: (event) => writer.push(event).map(encodeEvent).join(''),
    end: () => writer.end().events.map(encodeEvent).join('') + doneFrame,
  };
}

/** @throws GatewayError `upstream-truncated` when the events lack their start or a finish */
export function encodeAnswer(events: Iterable<ChatEvent>, options: AnswerOptions): WireResponse {
  const writer = new AnswerWriter(options);
  for (const event of events) writer.push(event);
  return writer.end().response;
}

/** A frame with the event's name, which programs of this dialect read. JSON text never holds a line break. */
export function encodeEvent(event: WireEvent | (Readonly<Record<string, unknown>> & { readonly type: string })): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
