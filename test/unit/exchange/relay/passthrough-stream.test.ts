/** What a stream's row says of it when the stream is over before its row was committed. */
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { GatewayError } from '../../../../gateway/chat/error.ts';
import { dialects } from '../../../../gateway/dialects/index.ts';
import type { Outcome, RelayHost } from '../../../../gateway/exchange/relay/body-sink.ts';
import { PassthroughStream } from '../../../../gateway/exchange/relay/passthrough-stream.ts';
import { usualForm } from '../../../../gateway/exchange/relay/sent-form.ts';

const comment = ': hello\n\n';
const content = 'data: {"choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\n';
const done = 'data: [DONE]\n\n';

/** A relay whose row is committed when the test says so. */
function openRelay(name = 'openai-chat') {
  const dialect = dialects.get(name);
  if (!dialect) throw new Error(`no dialect ${name}`);
  const outcomes: Outcome[] = [];
  let commit = (): void => undefined;
  const nothing = (): void => undefined;
  const host: RelayHost = {
    whenStarted: (then) => void (commit = then),
    attemptFailed: nothing,
    firstContent: nothing,
    finish: (outcome) => void outcomes.push(outcome),
    pauseUpstream: nothing,
    resumeUpstream: nothing,
    abortUpstream: nothing,
    answerHeaders: () => [],
  };
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  const relay = new PassthroughStream({
    host,
    response,
    dialect,
    form: usualForm(dialect),
    key: null,
    headers: {},
    dropUsage: false,
  });
  return { relay, outcomes, commit: () => commit() };
}

test('counts what waits for the row when the stream is complete before it', () => {
  const { relay, outcomes } = openRelay();
  relay.push(Buffer.from(comment + content + done));
  expect(outcomes).toMatchObject([{ state: 'ok', responseBytes: (comment + content + done).length }]);
});

test('counts it once when the row comes in the middle', () => {
  const { relay, outcomes, commit } = openRelay();
  relay.push(Buffer.from(comment));
  relay.push(Buffer.from(content));
  commit();
  relay.push(Buffer.from(content + done));
  expect(outcomes).toMatchObject([{ state: 'ok', responseBytes: (comment + content + content + done).length }]);
});

test('counts nothing for a client that left before anything could be sent', () => {
  const { relay } = openRelay();
  relay.push(Buffer.from(comment + content));
  relay.client.stop();
  const outcome = relay.client.outcome('client_closed', new GatewayError('client-gone', 'gone'));
  expect(outcome).toMatchObject({ state: 'client_closed', responseBytes: 0 });
});

const partial = 'data: {"type":"image_generation.partial_image"}\n\n';
const image = 'data: {"type":"image_generation.completed","usage":{"input_tokens":3,"output_tokens":4}}\n\n';

test.each([
  ['the connection ends', [partial, image], partial + image],
  ['another one follows it', [partial, image, image], partial + image + image],
  ['another one follows it in one piece', [partial + image + image], partial + image + image],
  ['[DONE] follows it', [partial, image, done], partial + image + done],
  ['[DONE] follows it without a blank line', [partial, image, done.trim()], partial + image + done],
  ['a comment follows it', [partial, image, comment], partial + image + comment],
])('what may be the last event waits until %s', (_how, pieces, whole) => {
  const { relay, outcomes, commit } = openRelay('images/generations');
  for (const piece of pieces) relay.push(Buffer.from(piece));
  commit();
  relay.end();
  expect(outcomes).toMatchObject([{ state: 'ok', responseBytes: whole.length, usage: { inputTokens: 3, outputTokens: 4 } }]);
});
