/** Posts to a webhook over the network: one try, bounded in time and size. */
import type { PostOutcome } from './alerts/send-webhook.ts';
import type { ErrorKind } from './chat/error.ts';
import { type Reply, takeAnswer } from './upstream/take-answer.ts';
import type { Send } from './upstream/transport.ts';

const timeoutMs = 10_000;
/** What a receiver says is not read; it may say this much. */
const maximumBytes = 64 * 1_024;

/** The upstream's own words speak of a provider. */
const words: Partial<Record<ErrorKind, string>> = {
  'upstream-dns': 'its host name could not be looked up',
  'upstream-connect': 'nothing accepts connections there (is it running?)',
  'upstream-connect-timeout': 'it did not accept a connection in time',
  'upstream-first-byte-timeout': 'it did not answer in time',
  'upstream-stalled': 'it did not answer in time',
  'upstream-tls': 'its certificate is not accepted, or it does not speak TLS (http instead of https?)',
};

/** @param headers name, value, … @returns what became of it; never rejects */
export async function postWebhook(send: Send, url: string, headers: readonly string[], body: Buffer): Promise<PostOutcome> {
  const { origin, pathname, search } = new URL(url);
  const timeouts = { connectMs: timeoutMs, firstByteMs: timeoutMs, idleMs: timeoutMs };
  const request = { method: 'POST', origin, path: `${pathname}${search}`, headers, body: [body], timeouts } as const;
  return outcomeOf(await takeAnswer(send, request, { timeoutMs, maximumBytes }));
}

function outcomeOf(reply: Reply): PostOutcome {
  if (reply.type === 'answer' || reply.type === 'too-large') return { status: reply.status };
  if (reply.type === 'too-slow') return { problem: `it did not answer within ${timeoutMs / 1_000} s` };
  return { problem: words[reply.problem.kind] ?? 'it broke off, or does not answer in HTTP' };
}
