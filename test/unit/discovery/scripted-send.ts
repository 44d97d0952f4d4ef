/** An upstream by script: what it answers is written down, what it was asked is kept. */
import { GatewayError, type ErrorKind } from '../../../gateway/chat/error.ts';
import { parseConfig, type ProviderConfig } from '../../../gateway/contract/config.ts';
import { buildProvider, type Provider } from '../../../gateway/providers/build-provider.ts';
import type { Send, UpstreamRequest } from '../../../gateway/upstream/transport.ts';

export interface Script {
  readonly status?: number;
  readonly body?: string | Buffer;
  /** Fails with this kind instead of answering. */
  readonly problem?: ErrorKind;
  /** Never ends. */
  readonly stalls?: boolean;
}

export interface ScriptedSend {
  readonly send: Send;
  readonly asked: readonly UpstreamRequest[];
  aborts(): number;
}

/** Every call is answered by the same script. */
export function scriptSend({ status = 200, body = '{"data":[]}', problem, stalls = false }: Script): ScriptedSend {
  const asked: UpstreamRequest[] = [];
  let aborts = 0;
  const send: Send = (request, handler) => {
    asked.push(request);
    setImmediate(() => {
      if (problem) return handler.onError(new GatewayError(problem, 'raw words of the network'));
      handler.onHead(status, { 'content-type': 'application/json' });
      const bytes = Buffer.from(body);
      for (let at = 0; at < bytes.length; at += 65_536) handler.onData(bytes.subarray(at, at + 65_536));
      if (!stalls) handler.onEnd();
    });
    return { abort: () => void (aborts += 1), pause: () => {}, resume: () => {} };
  };
  return { send, asked, aborts: () => aborts };
}

/** Every call is answered by the next page, the first by page 1. */
export function scriptPages(pageOf: (page: number) => unknown): Pick<ScriptedSend, 'send' | 'asked'> {
  const asked: UpstreamRequest[] = [];
  const send: Send = (request, handler) => {
    asked.push(request);
    return scriptSend({ body: JSON.stringify(pageOf(asked.length)) }).send(request, handler);
  };
  return { send, asked };
}

const timeouts = { connectMs: 1_000, firstByteMs: 60_000, idleMs: 60_000, totalMs: 60_000 };

/** A provider as a config would make it. */
export function provider(entry: Partial<ProviderConfig> & Pick<ProviderConfig, 'kind'>): Provider {
  const parsed = parseConfig({ version: 1, providers: [{ id: entry.kind, ...entry }] });
  const config = parsed.ok ? parsed.config.providers[0] : undefined;
  if (!config) throw new Error(`no such provider can be configured: ${JSON.stringify(parsed)}`);
  return buildProvider(config, timeouts);
}
