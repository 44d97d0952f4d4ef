/** The attempts of one request against upstreams by script, on a clock that the test moves. */
import { vi } from 'vitest';
import { GatewayError } from '../../../../gateway/chat/error.ts';
import { type GatewayConfig, parseConfig } from '../../../../gateway/contract/config.ts';
import type { Target } from '../../../../gateway/decision/decision.ts';
import { openAiChat } from '../../../../gateway/dialects/index.ts';
import { type DecidedAttempts, planAttempts } from '../../../../gateway/exchange/attempts/attempt-plan.ts';
import { Attempts } from '../../../../gateway/exchange/attempts/attempts.ts';
import { MissingDialects } from '../../../../gateway/exchange/attempts/missing-dialects.ts';
import { RefusedFields } from '../../../../gateway/exchange/attempts/refused-fields.ts';
import type { UpstreamRefusal } from '../../../../gateway/exchange/attempts/upstream-error.ts';
import { emptyOutcome, type Outcome } from '../../../../gateway/exchange/relay/body-sink.ts';
import { LiveExchanges } from '../../../../gateway/exchange/live-exchanges.ts';
import { LiveState } from '../../../../gateway/exchange/live-state/live-state.ts';
import type { ExchangePorts } from '../../../../gateway/exchange/ports.ts';
import { buildRuntime } from '../../../../gateway/exchange/runtime.ts';
import { KeyPool } from '../../../../gateway/providers/key-pool.ts';
import type { Send, UpstreamRequest } from '../../../../gateway/upstream/transport.ts';
import { scriptRelay } from '../scripted-relay.ts';
import { plainTokens } from '../../../support/plain-tokens.ts';

/** What an upstream answers: a status with an error's code, a kind of failure, or a sound answer. */
export type Said =
  | { readonly status: number; readonly error?: object; readonly headers?: Record<string, string> }
  | GatewayError
  | 'sound'
  /** A stream that told its usage and failed before its first word. */
  | 'opening'
  | 'nothing';

const providers = [
  { id: 'first', kind: 'openai', keys: ['env:ONE', 'env:TWO'] },
  { id: 'second', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1' },
  { id: 'third', kind: 'openrouter', keys: ['env:THREE'] },
];

export function configOf(change: object): GatewayConfig {
  const parsed = parseConfig({ version: 1, providers, ...change });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.config;
}

export const target = (provider: string): Target => ({ provider, model: 'm', dialect: 'openai-chat', dialects: ['openai-chat'] });
const bodyOf = (stream: boolean) =>
  Buffer.from(JSON.stringify({ model: 'm', stream, messages: [{ role: 'user', content: 'Hello.' }] }));
const openingEvents = [
  { choices: [], usage: { prompt_tokens: 900, completion_tokens: 1, total_tokens: 901 } },
  { error: { message: 'No.', type: 'overloaded_error' } },
].map((event) => `data: ${JSON.stringify(event)}\n\n`);
const answer = Buffer.from(JSON.stringify({ choices: [{ message: { role: 'assistant', content: 'Yes.' } }] }));

export function play(
  decided: Omit<DecidedAttempts, 'targets'> & { readonly targets: readonly string[] },
  said: readonly Said[],
  change: object = {},
  loads: object = { isNeededFor: () => false },
) {
  const config = configOf(change);
  const asked: UpstreamRequest[] = [];
  let aborts = 0;
  const send: Send = (request, handler) => {
    asked.push(request);
    const now = said[asked.length - 1] ?? said.at(-1) ?? 'nothing';
    setTimeout(() => {
      if (now instanceof GatewayError) return handler.onError(now);
      if (now === 'nothing') return;
      if (now === 'opening') {
        handler.onHead(200, { 'content-type': 'text/event-stream' });
        return handler.onData(Buffer.from(openingEvents.join('')));
      }
      const status = now === 'sound' ? 200 : now.status;
      handler.onHead(status, { 'content-type': 'application/json', ...(now === 'sound' ? {} : now.headers) });
      handler.onData(now === 'sound' ? answer : Buffer.from(JSON.stringify({ error: now.error ?? { message: 'No.' } })));
      handler.onEnd();
    }, 10);
    return { abort: () => void (aborts += 1), pause: () => undefined, resume: () => undefined };
  };
  const runtime = buildRuntime(config, 1, { network: send, builtIn: send });
  const keyPool = new KeyPool(Date.now);
  const monotonic = () => performance.now();
  const state = new LiveState({
    loadedModels: { isLoaded: () => null },
    now: Date.now,
    monotonic,
    settings: () => config.reliability,
    keyPool,
    checkProvider: async () => false,
    onChange: () => undefined,
  });
  const { host, outcomes, asServerResponse } = scriptRelay();
  const exhausted: UpstreamRefusal[] = [];
  const ports = {
    keyPool,
    state,
    live: new LiveExchanges(),
    loads,
    refusedFields: new RefusedFields(),
    missingDialects: new MissingDialects(monotonic),
    now: Date.now,
    monotonic,
    random: () => 0.5,
    tokens: plainTokens,
    prices: { priceOf: () => null, compared: () => null, load: () => Promise.resolve() },
    resolveKey: (reference: string) => ({ value: `sk-${reference.slice(4).toLowerCase()}` }),
  };
  const attempts = new Attempts({
    ports: ports as unknown as ExchangePorts,
    host: { ...host, attemptFailed: (refusal) => attempts.failed(refusal), finish: (outcome) => void finish(outcome) },
    dialect: openAiChat,
    response: asServerResponse,
    clientHeaders: { 'openai-organization': 'org-mine', 'http-referer': 'https://app.example', 'openai-beta': 'x=y' },
    requestId: 'r',
    streamForm: null,
    strict: false,
    limits: null,
    onExhausted(refusal) {
      exhausted.push(refusal);
      attempts.ended(outcomeOf(refusal.error));
    },
  });
  const finish = (outcome: (typeof outcomes)[number]) => {
    outcomes.push(outcome);
    attempts.ended(outcome);
  };
  const plan = planAttempts({ ...decided, targets: decided.targets.map(target) }, runtime, ports);
  if (plan instanceof GatewayError) throw plan;
  const request = openAiChat.readRequest([bodyOf(said.includes('opening'))], { model: null, stream: null });
  const openSource = () => Promise.reject(new Error('nothing is translated')) as never;
  attempts.begin(
    { request, billing: null, openSource, report: () => null, recorded: () => undefined, lateMeters: () => [] },
    plan,
  );
  return { attempts, asked, exhausted, outcomes, state, keyPool, aborts: () => aborts };
}

/** Of a request that ended so, with nothing received. */
export function outcomeOf(error: GatewayError): Outcome {
  return emptyOutcome('upstream_error', 502, error);
}

export const run = () => vi.advanceTimersByTimeAsync(60_000);
export const causesOf = ({ attempts }: ReturnType<typeof play>) =>
  attempts.log.records.map(({ provider, key, cause }) => `${cause} ${provider} ${key ?? '-'}`);
export const headersOf = ({ headers }: UpstreamRequest) =>
  Object.fromEntries(headers.flatMap((name, place) => (place % 2 === 0 ? [[name, headers[place + 1]]] : [])));
