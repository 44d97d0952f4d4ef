/** Reads a whole answer of `POST /v1/messages` as the events of its stream. */
import { GatewayError } from '../../../chat/error.ts';
import type { ChatEvent } from '../../../chat/event.ts';
import { isFields } from '../../json/fields.ts';
import { BlockDecoder } from './block-decoder.ts';
import { decodeStopReason } from '../finish-reasons.ts';
import { decodeHead } from './message-head.ts';
import { errorIn, upstreamFailure } from '../read-error.ts';
import { decodeUsage } from '../usage.ts';

/** @throws GatewayError `upstream-failed` for an error in a good answer's place, `upstream-protocol` when it is no answer */
export function decodeAnswer(body: unknown): readonly ChatEvent[] {
  if (!isFields(body)) throw noAnswer();
  const error = errorIn(body);
  if (error) throw upstreamFailure(error);
  if (!Array.isArray(body.content)) throw noAnswer();
  const head = decodeHead(body);
  const blocks = new BlockDecoder(head.id);
  const given: readonly unknown[] = body.content;
  const content = given.filter(isFields).flatMap((block, index) => [...blocks.start(index, block), ...blocks.stop(index)]);
  const usage = decodeUsage(body.usage);
  return [
    head,
    ...content,
    ...(usage === null ? [] : [{ type: 'usage' as const, usage, raw: body.usage }]),
    {
      type: 'finish',
      reason: decodeStopReason(body.stop_reason, blocks.hasCalls),
      ...(typeof body.stop_sequence === 'string' ? { stopSequence: body.stop_sequence } : {}),
    },
  ];
}

function noAnswer(): GatewayError {
  return new GatewayError('upstream-protocol', "the provider's answer is no message");
}
