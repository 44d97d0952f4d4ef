/** Sends what a hostile page, user or program would send, and holds every answer to what all of the gateway's answers must have. */
import { networkInterfaces } from 'node:os';
import { expect } from 'vitest';
import { routePaths } from '../../gateway/server/routes.ts';
import { exchangeRaw, type RawAnswer, rawRequest } from './raw-http.ts';
import type { ScriptedUpstream } from './scripted-upstream.ts';
import type { RunningGateway } from './start-gateway.ts';

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));

/** Every attack is made on each of these: a wall around one family is none. */
export const loopbackAddresses: readonly string[] = hasIpv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1'];

/** The only paths that may answer a stranger; any other one of the route table must refuse him. */
export const publicPaths: readonly string[] = ['/', '/health', '/api/version'];
export const protectedPaths = routePaths.filter((path) => !publicPaths.includes(path));

/** Changes to a request that would be answered. In header values and target, `PORT` and `KEY` stand for the real ones. */
export interface Attack {
  readonly address?: string;
  readonly method?: string;
  readonly target?: string;
  /** Replaces a header; undefined leaves it out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Further header lines, as they are. */
  readonly more?: readonly string[];
  readonly body?: string;
}

export const soundBody = JSON.stringify({ model: 'lab/m', messages: [{ role: 'user', content: 'hi' }] });

/** What a path answers, said here once more so that no change of the route table goes unseen. */
export function methodsOf(path: string): readonly string[] {
  if (path === '/v1/responses') return ['POST', 'GET'];
  if (path === '/v1/responses/resp_1') return ['GET', 'DELETE'];
  if (path === '/api/delete') return ['DELETE'];
  const asksModel =
    /completions|messages|input_tokens|\/embed|^\/v1\/embeddings|:[a-zA-Z]+$|^\/api\/(?:chat|generate|show|pull|copy)$|^\/v1\/(?:images|audio)\/|^\/v1\/(?:moderations|rerank)$/;
  return asksModel.test(path) ? ['POST'] : ['GET'];
}

/** A method that the path has. */
export const methodOf = (path: string): string => methodsOf(path)[0] ?? '';

/** A request line, headers and body that the gateway would answer, with the attack's changes. */
export function attackBytes(gateway: RunningGateway, attack: Attack): string {
  const { method = 'POST', target = '/v1/chat/completions', headers = {}, more = [], body } = attack;
  const fill = (text: string) => text.replaceAll('PORT', String(gateway.port)).replaceAll('KEY', gateway.clientKey);
  const sent = body ?? (method === 'POST' ? soundBody : '');
  const all: Record<string, string | undefined> = {
    Host: '127.0.0.1:PORT',
    Authorization: 'Bearer KEY',
    ...(sent === '' ? {} : { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(sent)) }),
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${fill(value)}`]));
  return rawRequest([`${method} ${fill(target)} HTTP/1.1`, ...lines, ...more.map(fill)], sent);
}

/** Sends an attack and reads the answer, which is held to `expectProtected`. */
export async function attack(gateway: RunningGateway, changes: Attack): Promise<RawAnswer> {
  const answer = await exchangeRaw(gateway.port, attackBytes(gateway, changes), changes.address);
  expectProtected(answer);
  return answer;
}

const protection: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
};

/** Traces of a program's inside: stack frames, source files, folders, SQL. */
const insides = /\n\s+at |node:internal|node_modules|\.ts\b|SQLITE|sqlite|\/(?:home|root|tmp|usr|var|work)\/|\bTypeError\b/;

/** The headers of every answer, and nothing in it that tells how the gateway is made. */
export function expectProtected({ status, headers, body }: RawAnswer): void {
  for (const [name, value] of Object.entries(protection)) expect(`${name}: ${headers.get(name)}`).toBe(`${name}: ${value}`);
  for (const name of ['server', 'x-powered-by', 'access-control-allow-credentials', 'access-control-allow-private-network']) {
    expect(headers.has(name), name).toBe(false);
  }
  if (status !== 204)
    expect(headers.get('content-type')).toMatch(
      /^(?:(?:application\/json|text\/plain|text\/event-stream); charset=utf-8|application\/x-ndjson)$/,
    );
  if (status >= 400) expect(body).not.toMatch(insides);
}

export const corsHeadersOf = ({ headers }: RawAnswer) => [...headers.keys()].filter((name) => name.startsWith('access-control-'));

/** The machine's word for what is wrong, out of an error in OpenAI's shape. */
export function codeOf({ body }: RawAnswer): string {
  const answer: { error: { code: string } } = JSON.parse(body);
  return answer.error.code;
}

/** In whose shape an error is written. */
export type ErrorShape = 'openai' | 'anthropic' | 'gemini' | 'ollama';

/** The shape in which the clients of a path know errors; on the one path that three kinds of them ask, without a header that tells. */
export function shapeOf(path: string): ErrorShape {
  if (path.startsWith('/api/')) return 'ollama';
  if (path.startsWith('/v1/messages')) return 'anthropic';
  return path.startsWith('/v1beta/') || /^\/v1\/models\/.+:/.test(path) ? 'gemini' : 'openai';
}

/** An error as its shape tells it. */
export interface ToldError {
  readonly shape: ErrorShape;
  readonly message: string;
  /** In OpenAI's spelling; null where the shape has no place for one. */
  readonly code: string | null;
}

interface ErrorBody {
  readonly type?: string;
  readonly error: string | Readonly<Record<string, unknown>>;
}

/** Reads an error in any of the shapes, each of which must be whole. @throws when it is in none */
export function toldError({ body }: RawAnswer): ToldError {
  const { type, error }: ErrorBody = JSON.parse(body);
  if (typeof error === 'string') return { shape: 'ollama', message: error, code: null };
  const message = String(error['message']);
  if (type === 'error') {
    expect(error).toEqual({ type: expect.stringMatching(/_error$/), message, details: { error_code: expect.any(String) } });
    const { error_code: code } = error['details'] as { readonly error_code: string };
    return { shape: 'anthropic', message, code };
  }
  if (typeof error['code'] === 'number') {
    const info = expect.objectContaining({ domain: 'gatehouse', reason: expect.stringMatching(/^[A-Z_]+$/) });
    expect(error).toMatchObject({ message, status: expect.stringMatching(/^[A-Z_]+$/), details: expect.arrayContaining([info]) });
    const [{ reason }] = error['details'] as [{ readonly reason: string }];
    return { shape: 'gemini', message, code: reason.toLowerCase() };
  }
  expect(Object.keys(error)).toEqual(['message', 'type', 'param', 'code']);
  return { shape: 'openai', message, code: String(error['code']) };
}

/** What a request leaves behind when it gets through: a row in the log, and a request to the provider. */
export interface Traces {
  readonly newestRow: string | null;
  readonly asked: number;
}

export async function tracesOf(gateway: RunningGateway, upstream: ScriptedUpstream): Promise<Traces> {
  const { items } = await gateway.call('requests.list', { limit: 1 });
  return { newestRow: items[0]?.id ?? null, asked: upstream.requests.filter(({ method }) => method === 'POST').length };
}
