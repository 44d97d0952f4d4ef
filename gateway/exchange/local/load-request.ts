/** The request that loads a model at an Ollama and asks nothing of it, made from the one that waits for the model. */
import type { UpstreamRequest } from '../../upstream/transport.ts';
import { isUnloadRequest, isZero } from '../../dialects/ollama/request/load-request.ts';
import { isRecord } from '../attempts/error-codes.ts';
import type { Candidate } from '../attempts/candidates.ts';

/** What of a request decides how its model is loaded. */
export interface LoadTerms {
  /** For vectors: such models refuse every other request. */
  readonly isForVectors: boolean;
  /** Those that a runner is started with; a model that is in memory with others is loaded anew for them. */
  readonly options: Readonly<Record<string, unknown>>;
  /** It only asks to let go of the model: nothing is loaded for that. */
  readonly isUnload: boolean;
  /** As the request writes it; undefined where it does not say, or asks to let go of the model at once. */
  readonly keepAlive: unknown;
}

/** `api.Runner` of Ollama's api/types.go. */
const runnerOptions = ['num_ctx', 'num_batch', 'num_gpu', 'main_gpu', 'use_mmap', 'num_thread'];
/** Anything beside these is an answer's own, and so long a body holds none of them in its text but by accident. */
const marks = ['"options"', '"keep_alive"'];

const vectorDialects: ReadonlySet<string> = new Set(['ollama-embeddings', 'ollama-legacy-embeddings', 'openai-embeddings']);
/** Only Ollama's own formats have words for it. */
const ownDialects: ReadonlySet<string> = new Set(['ollama', 'ollama-generate', 'ollama-embeddings', 'ollama-legacy-embeddings']);

/** @param body as it will be sent */
export function readLoadTerms(dialect: string, body: readonly Buffer[] | null): LoadTerms {
  const isForVectors = vectorDialects.has(dialect);
  const said = ownDialects.has(dialect) && body !== null ? readBody(body) : {};
  const options = isRecord(said['options']) ? said['options'] : {};
  const named = runnerOptions.filter((name) => options[name] !== undefined && options[name] !== null);
  return {
    isForVectors,
    isUnload: isUnloadRequest(said),
    options: Object.fromEntries(named.map((name) => [name, options[name]])),
    // Asked with an answer, that is for after the answer.
    keepAlive: isZero(said['keep_alive']) ? undefined : (said['keep_alive'] ?? undefined),
  };
}

/** Bodies hold pictures: one without a word about loading is not parsed. */
function readBody(body: readonly Buffer[]): Record<string, unknown> {
  const [first] = body;
  const whole = first && body.length === 1 ? first : Buffer.concat(body);
  if (!marks.some((mark) => whole.includes(mark))) return {};
  try {
    const parsed: unknown = JSON.parse(whole.toString('utf8'));
    return isRecord(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

/** Equal for requests that one load serves. */
export function loadKey(
  { provider, model }: Pick<Candidate, 'provider' | 'model'>,
  { isForVectors, options }: LoadTerms,
): string {
  // A provider that was moved to another server meanwhile is loaded at that one.
  const { origin, path } = provider.loadedList ?? {};
  return JSON.stringify([provider.id, origin, path, model, isForVectors, options]);
}

/** @throws Error for a provider that does not tell what it has loaded */
export function loadRequest({ provider, model, headers }: Candidate, terms: LoadTerms): UpstreamRequest {
  const { loadedList, timeouts, loadMs } = provider;
  if (loadedList === null) throw new Error(`The provider ${provider.id} loads no models on request.`);
  const { isForVectors, options, keepAlive } = terms;
  const body = {
    model,
    stream: false,
    ...(isForVectors && { input: '' }),
    ...(Object.keys(options).length > 0 && { options }),
    ...(keepAlive !== undefined && { keep_alive: keepAlive }),
  };
  const path = loadedList.path.replace(/\/ps$/, isForVectors ? '/embed' : '/generate');
  const plain = ['content-type', 'application/json', 'accept', 'application/json', 'accept-encoding', 'identity'];
  return {
    method: 'POST',
    origin: loadedList.origin,
    path,
    headers: [...plain, ...headers],
    body: [Buffer.from(JSON.stringify(body))],
    // Its head comes when the model is loaded; the load's own bound is always sooner.
    timeouts: { connectMs: timeouts.connectMs, firstByteMs: 2 * loadMs, idleMs: loadMs },
  };
}
