/** An event that may be the last of its stream waits until that shows: the row must be committed before a stream's end. */
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { dialects } from '../../../../gateway/dialects/index.ts';
import type { RelayHost } from '../../../../gateway/exchange/relay/body-sink.ts';
import { PassthroughStream } from '../../../../gateway/exchange/relay/passthrough-stream.ts';
import { usualForm } from '../../../../gateway/exchange/relay/sent-form.ts';

const partial = 'data: {"type":"image_generation.partial_image"}\n\n';
const image = 'data: {"type":"image_generation.completed","usage":{"input_tokens":3,"output_tokens":4}}\n\n';

/** A relay of images whose row's first half is there, and whose second is committed when the test says so. */
function openRelay() {
  const written: string[] = [];
  const nothing = (): void => undefined;
  let commit = nothing;
  const host: RelayHost = {
    whenStarted: (then) => then(),
    attemptFailed: nothing,
    firstContent: nothing,
    finish(_outcome, lastBytes) {
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
  return { relay, written, commit: () => commit() };
}

test('goes out unchanged when another one follows it', () => {
  const { relay, written } = openRelay();
  for (const piece of [partial, image, image]) relay.push(Buffer.from(piece));
  expect(written).toEqual([partial, image]);
});

test('goes out after the row when it is the last', () => {
  const { relay, written, commit } = openRelay();
  for (const piece of [partial, image]) relay.push(Buffer.from(piece));
  relay.end();
  expect(written).toEqual([partial]);
  commit();
  expect(written).toEqual([partial, image]);
});
