/** Host names that cannot be looked up: a name server that knows nothing, is in trouble, or never answers. */
import dns from 'node:dns';
import { afterEach, expect, test, vi } from 'vitest';
import type { GatewayError } from '../../../gateway/chat/error.ts';
import { openNetwork } from '../../../gateway/upstream/network.ts';

const connectMs = 700;

afterEach(() => vi.restoreAllMocks());

/** What a call to a provider by its name comes to, and after how many milliseconds. */
async function ask(): Promise<{ readonly error: GatewayError; readonly tookMs: number }> {
  const network = openNetwork();
  const begun = performance.now();
  const error = await new Promise<GatewayError>((resolve, reject) => {
    const unexpected = () => reject(new Error('It answered.'));
    network.send(
      {
        method: 'GET',
        origin: 'http://provider.example',
        path: '/v1/models',
        headers: [],
        body: null,
        timeouts: { connectMs, firstByteMs: 60_000, idleMs: 60_000 },
      },
      { onHead: unexpected, onData: unexpected, onEnd: unexpected, onError: resolve },
    );
  });
  const tookMs = performance.now() - begun;
  await network.close();
  return { error, tookMs };
}

function lookUp(answer: (done: (error: NodeJS.ErrnoException) => void) => void): void {
  vi.spyOn(dns, 'lookup').mockImplementation(((_name: string, _options: unknown, done: (error: Error) => void) =>
    answer(done)) as unknown as typeof dns.lookup);
}

test.each(['ENOTFOUND', 'EAI_AGAIN'])('F-01 %s of the name server is told as its trouble, at once', async (code) => {
  lookUp((done) => setImmediate(done, Object.assign(new Error(`getaddrinfo ${code}`), { code })));
  const { error, tookMs } = await ask();
  expect(error).toMatchObject({ kind: 'upstream-dns', status: 502, message: expect.stringContaining(code) });
  expect(tookMs).toBeLessThan(connectMs);
});

test('F-01 a name server that never answers is given up by the timer of the connection', async () => {
  lookUp(() => undefined);
  const { error, tookMs } = await ask();
  expect(error).toMatchObject({ kind: 'upstream-connect-timeout', status: 504 });
  expect(tookMs).toBeGreaterThanOrEqual(connectMs - 50);
});
