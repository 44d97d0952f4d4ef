/** Reads a whole Responses answer into events of the inner language. */
import { GatewayError } from '../../../../chat/error.ts';
import type { ChatEvent } from '../../../../chat/event.ts';
import { isFields } from '../../../json/fields.ts';
import type { AnswerProgress } from './item-readers.ts';
import { errorObject, upstreamFailure } from '../read-failure.ts';
import { closingEvents, readItems, startEvent } from './stream-decoder.ts';

/** A server that leaves out the status of an answer means that it is complete. */
const finished: ReadonlySet<unknown> = new Set(['completed', 'incomplete', undefined, null]);

/**
 * @throws GatewayError `upstream-failed` for a failed response or an error in a response's place, `upstream-protocol` when it
 * is neither, or is not finished
 */
export function decodeAnswer(body: unknown): readonly ChatEvent[] {
  if (!isFields(body)) throw new GatewayError('upstream-protocol', "The provider's answer is not a JSON object.");
  if (body.status === 'failed' || body.error) throw upstreamFailure(errorObject(body));
  if (!Array.isArray(body.output)) throw new GatewayError('upstream-protocol', "The provider's answer holds no output.");
  if (!finished.has(body.status)) {
    throw new GatewayError('upstream-protocol', `The provider's answer is not finished: its status is ${String(body.status)}.`);
  }
  const progress: AnswerProgress = { textLength: 0, toolCalls: 0 };
  const content = readItems(body.output, progress);
  return [startEvent(body), ...content, ...closingEvents(body, progress)];
}
