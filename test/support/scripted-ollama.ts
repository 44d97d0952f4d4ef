/**
 * An upstream that loads models as an Ollama does (server/sched.go): the first request for a model begins its load and owns it,
 * others wait; when its connection is gone the load is given up. What a test does not say of it is sound and quick.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type ReceivedRequest, type ScriptedUpstream, startScriptedUpstream } from './scripted-upstream.ts';
import { type Answer, json, sse, stream } from './upstream-answers.ts';

export interface OllamaFacts {
  readonly models: readonly string[];
  /** How long a load takes, in milliseconds. */
  readonly loadMs?: number;
}

export interface ScriptedOllama extends AsyncDisposable {
  readonly upstream: ScriptedUpstream;
  /** What is in memory: name, and for how many tokens. */
  readonly loaded: Map<string, number>;
  /** Loads that were begun, finished, and given up because their owner was gone. */
  readonly begun: readonly string[];
  readonly finished: readonly string[];
  readonly aborted: readonly string[];
  loadMs: number;
  /** A queue that is full refuses every request but lists; with no room every load fails. */
  trouble: 'none' | 'queue-full' | 'out-of-memory';
  /** Requests for answers, without loads and lists. */
  asked(): readonly ReceivedRequest[];
}

interface Body {
  readonly model?: string;
  readonly stream?: boolean;
  readonly prompt?: string;
  readonly messages?: readonly unknown[];
  readonly input?: unknown;
  readonly options?: { readonly num_ctx?: number };
}

const usualContext = 4_096;
const refused = (status: number, error: string): Answer => json({ error }, { status });
const details = { format: 'gguf', family: 'qwen3', families: ['qwen3'], parameter_size: '8B', quantization_level: 'Q4_K_M' };
const moment = '2026-11-20T12:00:00Z';

export async function startScriptedOllama({ models, loadMs = 0 }: OllamaFacts): Promise<ScriptedOllama> {
  const loaded = new Map<string, number>();
  const loading = new Map<string, Promise<boolean>>();
  const begun: string[] = [];
  const finished: string[] = [];
  const aborted: string[] = [];
  const upstream = await startScriptedUpstream((request) => answerTo(request), { tellsLoaded: true });
  const ollama: ScriptedOllama = {
    upstream,
    loaded,
    begun,
    finished,
    aborted,
    loadMs,
    trouble: 'none',
    asked: () => upstream.requests.filter((request) => request.method === 'POST' && !isLoad(request.json() as Body)),
    [Symbol.asyncDispose]: () => upstream.stop(),
  };

  async function answerTo(request: ReceivedRequest): Promise<Answer> {
    if (request.target === '/api/ps') return json({ models: [...loaded].map(psEntry) });
    if (request.method === 'GET') return json({ models: models.map((name) => ({ name, model: name, details })) });
    const body = request.json() as Body;
    const { model = '' } = body;
    if (!models.includes(model)) return refused(404, `model '${model}' not found`);
    if (ollama.trouble === 'queue-full') return refused(503, 'server busy, please try again.  maximum pending requests exceeded');
    const context = body.options?.num_ctx ?? usualContext;
    if (loaded.get(model) !== context) {
      if (ollama.trouble === 'out-of-memory')
        return refused(500, 'model requires more system memory (12.0 GiB) than is available (8.0 GiB)');
      const isLoaded = await (loading.get(model) ?? begin(model, context, request));
      if (!isLoaded) return refused(500, 'timed out waiting for llama runner to start: context canceled');
    }
    return isLoad(body)
      ? json({ model, created_at: moment, response: '', done: true, done_reason: 'load' })
      : answer(request, body);
  }

  function begin(model: string, context: number, owner: ReceivedRequest): Promise<boolean> {
    begun.push(model);
    const load = Promise.race([delay(ollama.loadMs, true), owner.connectionClosedAtMs.then(() => false)]).then((isWhole) => {
      loading.delete(model);
      if (isWhole) loaded.set(model, context);
      (isWhole ? finished : aborted).push(model);
      return isWhole;
    });
    loading.set(model, load);
    return load;
  }
  return ollama;
}

const isLoad = ({ prompt = '', messages = [], input = '' }: Body): boolean =>
  prompt === '' && messages.length === 0 && input === '';

const psEntry = ([name, context]: readonly [string, number]) => ({
  name,
  model: name,
  size: 6_000_000_000,
  digest: 'd'.repeat(64),
  details,
  expires_at: '2026-11-20T12:05:00Z',
  size_vram: 5_000_000_000,
  context_length: context,
});

function answer({ target }: ReceivedRequest, { model, stream: isStream, input }: Body): Answer {
  const counts = { prompt_eval_count: 3, eval_count: 4 };
  if (input !== undefined) return json({ model, embeddings: [[1, 2]], prompt_eval_count: 3 });
  if (target.startsWith('/v1/')) return openAiAnswer(isStream === true);
  const whole = {
    model,
    created_at: moment,
    message: { role: 'assistant', content: 'Warm.' },
    done: true,
    done_reason: 'stop',
    ...counts,
  };
  if (isStream === false) return json(whole);
  const first = { model, created_at: moment, message: { role: 'assistant', content: 'Warm.' }, done: false };
  const last = { ...whole, message: { role: 'assistant', content: '' } };
  const lines = [first, last].map((line) => `${JSON.stringify(line)}\n`);
  return stream(lines, { headers: { 'content-type': 'application/x-ndjson' } });
}

function openAiAnswer(isStream: boolean): Answer {
  const usage = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 };
  const common = { id: 'chatcmpl-1', created: 1, model: 'm', object: isStream ? 'chat.completion.chunk' : 'chat.completion' };
  const message = { role: 'assistant', content: 'Warm.' };
  if (!isStream) return json({ ...common, choices: [{ index: 0, message, finish_reason: 'stop' }], usage });
  const chunk = (delta: object, finish: string | null) => ({ ...common, choices: [{ index: 0, delta, finish_reason: finish }] });
  return sse([chunk(message, null), chunk({}, 'stop'), { ...common, choices: [], usage }, '[DONE]']);
}
