/** A gateway between two scripted providers and the demo, whose rules a test sets. `one` is not on this machine, as far as rules go. */
import type { GatewayConfigDocument } from '../../gateway/contract/config.ts';
import type { RequestDetail } from '../../gateway/contract/records.ts';
import { openAiScript } from './openai-script.ts';
import { type ScriptedUpstream, startScriptedUpstream } from './scripted-upstream.ts';
import { type RunningGateway, startGateway } from './start-gateway.ts';

export type Rules = NonNullable<NonNullable<GatewayConfigDocument['policy']>['rules']>;

export interface Asking {
  readonly model?: string;
  readonly path?: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** The lab's own when left out. */
  readonly key?: string;
}

export interface PolicyAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly answer: unknown;
  readonly id: string;
}

export interface PolicyLab {
  readonly gateway: RunningGateway;
  readonly one: ScriptedUpstream;
  readonly other: ScriptedUpstream;
  readonly base: GatewayConfigDocument;
  /** Both answer soundly again. */
  reset(): void;
  /** Brings these rules into force. */
  apply(rules: Rules): Promise<{ readonly version: number }>;
  ask(asking?: Asking): Promise<PolicyAnswer>;
  rowOf(id: string): Promise<RequestDetail>;
  stop(): Promise<void>;
}

export async function startPolicyLab(): Promise<PolicyLab> {
  const one = await startScriptedUpstream(openAiScript({ text: 'one' }));
  const other = await startScriptedUpstream(openAiScript({ text: 'other' }));
  const provider = (id: string, baseUrl: string) => ({ id, kind: 'openai-compatible' as const, baseUrl, models: ['m', 'n'] });
  const base: GatewayConfigDocument = {
    version: 1,
    providers: [
      { ...provider('one', one.baseUrl), forwards: true },
      provider('other', other.baseUrl),
      { id: 'demo', kind: 'demo' },
    ],
    aliases: { fast: { targets: ['one/m', 'other/m'] } },
  };
  const gateway = await startGateway({ config: base });
  return {
    gateway,
    one,
    other,
    base,
    reset() {
      one.use(openAiScript({ text: 'one' }));
      other.use(openAiScript({ text: 'other' }));
    },
    apply: (rules) => gateway.call('config.apply', { config: { ...base, policy: { rules } } }),
    ask: (asking = {}) => askBy(gateway, asking),
    rowOf: (id) => gateway.call('requests.get', { id }),
    async stop() {
      await gateway.stop();
      await Promise.all([one.stop(), other.stop()]);
    },
  };
}

async function askBy(
  gateway: RunningGateway,
  { model = 'fast', path = '/v1/chat/completions', body = {}, headers = {}, key = gateway.clientKey }: Asking,
): Promise<PolicyAnswer> {
  const response = await fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Say something.' }], ...body }),
  });
  const answer: unknown = await response.json();
  return { status: response.status, headers: response.headers, answer, id: response.headers.get('x-request-id') ?? '' };
}
