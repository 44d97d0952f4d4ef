/** The real gateway with short timers between the official SDK, a bare socket and two scripted upstreams, for everything that can break. */
import { execFileSync } from 'node:child_process';
import OpenAI from 'openai';
import type { GatewayConfigDocument } from '../../gateway/contract/config.ts';
import type { RequestDetail } from '../../gateway/contract/records.ts';
import { openRawStream, type RawStream, type RawStreamFacts } from './raw-stream.ts';
import { type Script, type ScriptedUpstream, startScriptedUpstream } from './scripted-upstream.ts';
import { type RunningGateway, startGateway, type StartOptions } from './start-gateway.ts';
import { type Answer, sse } from './upstream-answers.ts';

/** Milliseconds; so short that a stall costs a test less than a second. */
export const faultTimeouts = { connectMs: 1_000, firstByteMs: 400, idleMs: 400, totalMs: 4_000 } as const;

/** What one client saw of one request. */
export interface Sight {
  readonly requestId: string;
  /** The text that arrived, whether or not it was all. */
  readonly text: string;
  /** Null when the client took the answer for complete. */
  readonly error: InstanceType<typeof OpenAI.OpenAIError> | null;
  readonly row: RequestDetail;
}

export interface FaultLab extends AsyncDisposable {
  readonly gateway: RunningGateway;
  /** Behind the model `lab/m`, and first behind the alias `both`. */
  readonly upstream: ScriptedUpstream;
  /** Behind `spare/m`, and second behind `both`. */
  readonly spare: ScriptedUpstream;
  readonly client: OpenAI;
  /** A stream as the official SDK sees it. */
  watch(model?: string): Promise<Sight>;
  /** A stream as a bare socket sees it. */
  openRaw(facts?: RawStreamFacts & { readonly model?: string; readonly stream?: boolean }): RawStream;
  /** The row of that id, as soon as it is final. */
  finalRow(id: string): Promise<RequestDetail>;
  /** Resolves when no request is running. */
  idle(): Promise<void>;
  /** The memory that the gateway's process holds now, in MiB. */
  residentMiB(): number;
}

export const messages = [{ role: 'user' as const, content: 'Say something.' }];

/** Chunks as OpenAI streams them: a role, one for each text, a finish. */
export function chunks(texts: readonly string[]): object[] {
  const chunk = (delta: object, reason: string | null = null) => ({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_763_600_000,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: reason }],
  });
  return [chunk({ role: 'assistant', content: '' }), ...texts.map((content) => chunk({ content })), chunk({}, 'stop')];
}

/** The chunk that holds nothing but usage. */
export const usageChunk = (usage: unknown) => ({ ...chunks([])[0], choices: [], usage });

/** A sound stream of these texts. */
export const soundStream = (texts: readonly string[] = ['All ', 'is ', 'well.']): Answer =>
  sse([...chunks(texts), usageChunk({ prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 }), '[DONE]']);

/** A sound whole answer. */
export const wholeAnswer = (text = 'All is well.') => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_763_600_000,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
});

/** Tries until `look` gives something, for at most `patienceMs` milliseconds. */
export async function eventually<T>(look: () => Promise<T | null> | T | null, what: string, patienceMs = 5_000): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (performance.now() > deadline) throw new Error(`This did not happen within ${patienceMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** As the system's `ps` tells it, which macOS and Linux both have. */
export function residentMiB(processId: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(processId)], { encoding: 'utf8' })) / 1024;
}

async function readBySdk(client: OpenAI, model: string): Promise<Omit<Sight, 'row'>> {
  let text = '';
  let requestId = '';
  try {
    const { data, response } = await client.chat.completions.create({ model, messages, stream: true }).withResponse();
    requestId = response.headers.get('x-request-id') ?? '';
    for await (const chunk of data) text += chunk.choices[0]?.delta.content ?? '';
    return { requestId, text, error: null };
  } catch (thrown) {
    const error = thrown instanceof OpenAI.OpenAIError ? thrown : new OpenAI.OpenAIError(String(thrown), { cause: thrown });
    if (error instanceof OpenAI.APIError) requestId ||= error.requestID ?? '';
    return { requestId, text, error };
  }
}

function configFor(
  upstream: ScriptedUpstream,
  spare: ScriptedUpstream,
  changes: Partial<GatewayConfigDocument>,
): GatewayConfigDocument {
  const provider = { kind: 'openai-compatible' as const, models: ['m'], keys: ['env:FAULT_KEY'] };
  return {
    version: 1,
    timeouts: faultTimeouts,
    aliases: { both: { targets: ['lab/m', 'spare/m'] } },
    ...changes,
    providers: [
      { id: 'lab', baseUrl: upstream.baseUrl, ...provider },
      { id: 'spare', baseUrl: spare.baseUrl, ...provider },
      { id: 'demo', kind: 'demo' },
      ...(changes.providers ?? []),
    ],
  };
}

/** Starts everything; `changes` are laid over the config, whose providers they add to. */
export async function startFaultLab(
  changes: Partial<GatewayConfigDocument> = {},
  options: StartOptions = {},
  script: Script | Answer = soundStream(),
): Promise<FaultLab> {
  const upstream = await startScriptedUpstream(script);
  const spare = await startScriptedUpstream(soundStream());
  const environment = { FAULT_KEY: 'sk-fault-0123456789', ...options.environment };
  const gateway = await startGateway({ ...options, config: configFor(upstream, spare, changes), environment });
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.clientKey, maxRetries: 0 });
  const finalRow = (id: string) =>
    eventually(async () => {
      const row = await gateway.call('requests.get', { id }).catch(() => null);
      return row && row.state !== 'started' ? row : null;
    }, `the row ${id} is final`);
  return {
    gateway,
    upstream,
    spare,
    client,
    finalRow,
    async watch(model = 'lab/m') {
      const sight = await readBySdk(client, model);
      return { ...sight, row: await finalRow(sight.requestId) };
    },
    openRaw: ({ model = 'lab/m', stream = true, ...facts } = {}) =>
      openRawStream(gateway.port, { model, messages, stream }, { key: gateway.clientKey, ...facts }),
    async idle() {
      await eventually(async () => ((await gateway.call('status.get', {})).inFlight === 0 ? true : null), 'nothing is running');
    },
    residentMiB: () => residentMiB(gateway.processId),
    async [Symbol.asyncDispose]() {
      await gateway.stop();
      await upstream.stop();
      await spare.stop();
    },
  };
}
