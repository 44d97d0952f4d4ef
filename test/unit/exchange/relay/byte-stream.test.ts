/** How bytes that nobody reads wait for the row: their first for its first half, their last for its second. */
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { GatewayError } from '../../../../gateway/chat/error.ts';
import type { Outcome, RelayHost } from '../../../../gateway/exchange/relay/body-sink.ts';
import { ByteStream } from '../../../../gateway/exchange/relay/byte-stream.ts';
import type { UpstreamRefusal } from '../../../../gateway/exchange/attempts/upstream-error.ts';

/** A relay whose row is committed, in both halves, when the test says so. */
function openRelay() {
  const outcomes: Outcome[] = [];
  const refusals: UpstreamRefusal[] = [];
  const written: string[] = [];
  const nothing = (): void => undefined;
  let start = nothing;
  let finish: (error: GatewayError | null) => void = nothing;
  let pauses = 0;
  const host: RelayHost = {
    whenStarted: (then) => void (start = then),
    attemptFailed: (refusal) => void refusals.push(refusal),
    firstContent: nothing,
    finish(outcome, lastBytes) {
      outcomes.push(outcome);
      finish = lastBytes;
    },
    pauseUpstream: () => void (pauses += 1),
    resumeUpstream: nothing,
    abortUpstream: nothing,
    answerHeaders: () => [],
  };
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  response.write = (bytes: unknown) => written.push(String(bytes)) > 0;
  response.end = (bytes?: unknown) => {
    written.push(`${String(bytes)}|`);
    return response;
  };
  const relay = new ByteStream({ host, response, headers: {} }, 'audio/mpeg');
  const commit = { start: () => start(), finish: (error: GatewayError | null = null) => finish(error) };
  return { relay, response, outcomes, refusals, written, commit, pauses: () => pauses };
}

test('nothing goes out before the row’s first half, and the upstream waits for it', () => {
  const { relay, written, commit, pauses } = openRelay();
  relay.push(Buffer.from('abc'));
  expect([written, pauses()]).toEqual([[], 1]);
  commit.start();
  expect(written).toEqual(['ab']);
});

test('the last byte goes out after the row’s second half', () => {
  const { relay, written, outcomes, commit } = openRelay();
  relay.push(Buffer.from('abc'));
  commit.start();
  for (const text of ['d', '', 'ef']) relay.push(Buffer.from(text));
  relay.end();
  expect(written).toEqual(['ab', 'c', 'de']);
  expect(outcomes).toMatchObject([{ state: 'ok', status: 200, responseBytes: 6, usage: null, seen: null }]);
  commit.finish();
  expect(written).toEqual(['ab', 'c', 'de', 'f|']);
});

test('an end that the log cannot tell of is none', () => {
  const { relay, response, written, commit } = openRelay();
  relay.push(Buffer.from('abc'));
  commit.start();
  relay.end();
  response.destroy = () => {
    written.push('cut');
    return response;
  };
  commit.finish(new GatewayError('ledger-unavailable', 'no'));
  expect(written.join('')).not.toContain('c|');
  expect(written.join('')).not.toContain('error');
});

test('what fails before its first byte may be asked for elsewhere; after it the row says how far it came', () => {
  const error = new GatewayError('upstream-reset', 'reset');
  const early = openRelay();
  early.relay.fail(error);
  expect([early.refusals.map((refusal) => refusal.error), early.outcomes]).toEqual([[error], []]);
  const late = openRelay();
  late.relay.push(Buffer.from('abc'));
  late.commit.start();
  late.relay.fail(error);
  expect(late.outcomes).toMatchObject([{ state: 'upstream_error', error, responseBytes: 2 }]);
});
