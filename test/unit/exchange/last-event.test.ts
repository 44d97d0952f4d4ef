/** An event that may be the last of its stream waits until that shows: the row must be committed before a stream's end. */
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { dialects } from '../../../gateway/dialects/index.ts';
import type { Outcome, RelayHost } from '../../../gateway/exchange/body-sink.ts';
import { PassthroughStream } from '../../../gateway/exchange/passthrough-stream.ts';
import { usualForm } from '../../../gateway/exchange/sent-form.ts';

const comment = ': hello\n\n';
const partial = 'data: {"type":"image_generation.partial_image"}\n\n';
const image = 'data: {"type":"image_generation.completed","usage":{"input_tokens":3,"output_tokens":4}}\n\n';
const done = 'data: [DONE]\n\n';

/** A relay of images whose row's first half is there, and whose second is committed when the test says so. */
function openRelay() {
  const outcomes: Outcome[] = [];
  const written: string[] = [];
  const nothing = (): void => undefined;
  let commit = nothing;
  const host: RelayHost = {
    whenStarted: (then) => then(),
    attemptFailed: nothing,
    firstContent: nothing,
    finish(outcome, lastBytes) {
      outcomes.push(outcome);
      commit = () => lastBytes(null);
    },
    pauseUpstream: nothing,
    resumeUpstream: nothing,
    abortUpstream: nothing,
    answerHeaders: () => [],
  };
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  response.write = (bytes: unknown) => written.push(String(bytes)) > 0;
  response.end = (bytes?: unknown) => {
    written.push(String(bytes));
    return response;
  };
  const dialect = dialects.get('images/generations');
  if (!dialect) throw new Error('no dialect for images');
  const form = usualForm(dialect);
  const relay = new PassthroughStream({ host, response, dialect, form, key: null, headers: {}, dropUsage: false });
  return { relay, outcomes, written, commit: () => commit() };
}

test.each([
  ['the connection ends', [partial, image], partial + image],
  ['another one follows it', [partial, image, image], partial + image + image],
  ['another one follows it in one piece', [partial + image + image], partial + image + image],
  ['[DONE] follows it', [partial, image, done], partial + image + done],
  ['[DONE] follows it without a blank line', [partial, image, done.trim()], partial + image + done],
  ['a comment follows it', [partial, image, comment], partial + image + comment],
])('waits until %s, and nothing is lost', (_how, pieces, whole) => {
  const { relay, outcomes, written, commit } = openRelay();
  for (const piece of pieces) relay.push(Buffer.from(piece));
  relay.end();
  commit();
  expect(written.join('')).toBe(whole);
  expect(outcomes).toMatchObject([{ state: 'ok', responseBytes: whole.length, usage: { inputTokens: 3, outputTokens: 4 } }]);
});

test('goes out after the row when it is the last', () => {
  const { relay, written, commit } = openRelay();
  for (const piece of [partial, image]) relay.push(Buffer.from(piece));
  relay.end();
  expect(written).toEqual([partial]);
  commit();
  expect(written).toEqual([partial, image]);
});
