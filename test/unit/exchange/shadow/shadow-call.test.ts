/** How a copy's call tells whether it was sent at all: one that was not is paid for by nobody. */
import { expect, test } from 'vitest';
import { GatewayError } from '../../../../gateway/chat/error.ts';
import { openAiChat } from '../../../../gateway/dialects/index.ts';
import type { Candidate } from '../../../../gateway/exchange/attempts/candidates.ts';
import { ShadowCall } from '../../../../gateway/exchange/shadow/shadow-call.ts';
import type { UpstreamRequest } from '../../../../gateway/upstream/transport.ts';

const silent = { send: () => ({ abort: () => undefined, pause: () => undefined, resume: () => undefined }) };
const open = () =>
  new ShadowCall({
    candidate: silent as unknown as Candidate,
    wire: openAiChat,
    stream: false,
    totalMs: 1_000,
    now: () => 0,
    monotonic: () => 0,
  });
const stopping = new GatewayError('shutting-down', 'stopping');

test('a copy that is ended before it was sent says so, and one that was sent too', async () => {
  const unsent = open();
  unsent.abort(stopping);
  const sent = open();
  sent.send({} as UpstreamRequest);
  sent.abort(stopping);
  const results = await Promise.all([unsent.result, sent.result]);
  expect(results.map(({ wasSent, refusal }) => [wasSent, refusal?.error.kind])).toEqual([
    [false, 'shutting-down'],
    [true, 'shutting-down'],
  ]);
});
