/** One chat request without any client's cleverness, and what a final failure must look like. */
import { expect } from 'vitest';
import type { RunningGateway } from './start-gateway.ts';

export interface Asked {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly id: string;
  readonly tookMs: number;
}

/** One request without any client's cleverness in between. */
export async function askPlainly(
  gateway: RunningGateway,
  model: string,
  isStream: boolean,
  content = 'Say something.',
): Promise<Asked> {
  const startedAt = performance.now();
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.clientKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content }], stream: isStream }),
  });
  const text = await response.text();
  const id = response.headers.get('x-request-id') ?? '';
  return { status: response.status, headers: response.headers, text, id, tookMs: performance.now() - startedAt };
}

/** A final failure: its status and code, in the door's own shape, under its id, and not to be tried again (R7, R8). */
export function expectFinal(asked: Asked, status: number, code: string | null): void {
  expect(asked.status).toBe(status);
  expect(asked.headers.get('x-should-retry')).toBe('false');
  expect(asked.id).toMatch(/^req_/);
  const { error } = JSON.parse(asked.text) as { error: Record<string, unknown> };
  expect(error).toMatchObject({ message: expect.stringMatching(/\w+ \w+/), type: expect.any(String) });
  if (code !== null) expect(error).toMatchObject({ code, param: null });
}
