/** `POST /api/embed` (docs/api.md: Generate embeddings): texts in, one vector for each out. */
import type { EmbeddingInput, EmbeddingsAnswer, EmbeddingsRequest } from '../../chat/embeddings.ts';
import { GatewayError } from '../../chat/error.ts';
import type { FidelityNotes } from '../../chat/fidelity.ts';
import type { EmbeddingsCodec, RequestPlace, UpstreamTarget } from '../codec.ts';
import { type Fields, isAbsent, isFields, readBody, readCount, readFlag, readName, readText, refuse } from '../json/fields.ts';
import { describeError } from './describe-error.ts';
import { leaveOutRefused } from './request/encode-settings.ts';
import { unreadFields } from './request/unread-fields.ts';
import { decodeUsage, rawMetrics } from './usage.ts';

const known: ReadonlySet<string> = new Set(['model', 'input', 'dimensions', 'truncate', 'options']);

export const embeddingsCodec: EmbeddingsCodec = { decodeRequest, encodeAnswer, encodeRequest, decodeAnswer };

/** An empty input is no request for vectors but one to load the model: see `isLoadRequest`. */
function decodeRequest(value: unknown, place: RequestPlace): EmbeddingsRequest {
  const body = readBody(value);
  const { truncate, dimensions } = body;
  return {
    model: place.model ?? readName(body['model'], 'model'),
    inputs: readInputs(body['input']),
    // 0 is what Ollama takes for the model's own.
    dimensions: readCount(dimensions, 'dimensions', 0) || null,
    encoding: 'float',
    task: null,
    truncate: isAbsent(truncate) ? null : readFlag(truncate, 'truncate'),
    unread: [...unreadFields(body, known), ...unreadOptions(body)],
  };
}

/** What a client wrote into `options`, none of which concerns a vector. */
export function unreadOptions(body: Fields): readonly string[] {
  return isFields(body['options']) ? unreadFields(body['options'], new Set(), 'options.') : [];
}

function readInputs(input: unknown): readonly string[] {
  if (!Array.isArray(input)) return [readName(input, 'input')];
  const list: readonly unknown[] = input;
  if (list.length === 0) refuse('input', 'must not be an empty list');
  return list.map((each, index) => readText(each, `input.${index}`));
}

function encodeAnswer({ model, vectors, usage }: EmbeddingsAnswer): unknown {
  return { model, embeddings: vectors, total_duration: 0, load_duration: 0, prompt_eval_count: usage?.inputTokens ?? 0 };
}

function encodeRequest(request: EmbeddingsRequest, target: UpstreamTarget, notes: FidelityNotes): unknown {
  const { inputs, dimensions, truncate, task } = request;
  noteTask(task, notes);
  const body = {
    model: target.model,
    input: inputs.map((input, index) => textOnly(input, `inputs.${index}`)),
    ...(dimensions !== null && { dimensions }),
    ...(truncate !== null && { truncate }),
  };
  return leaveOutRefused(body, target, notes);
}

/** A request may say what its vectors are for, in Gemini's words. */
export function noteTask(task: string | null, notes: FidelityNotes): void {
  if (task !== null) notes.drop('task', 'Ollama does not ask what vectors are for');
}

/** @throws GatewayError `untranslatable` for token numbers: they mean something to one model alone */
export function textOnly(input: EmbeddingInput, field: string): string {
  if (typeof input === 'string') return input;
  throw new GatewayError('untranslatable', `Ollama takes texts; ${field} is a list of token numbers.`, { field });
}

function decodeAnswer(body: unknown): EmbeddingsAnswer {
  const answer = readAnswer(body);
  const { model, embeddings } = answer;
  if (!Array.isArray(embeddings)) throw unreadable('has no list of embeddings');
  const vectors = embeddings.map(readVector);
  const usage = decodeUsage(answer);
  return { model: typeof model === 'string' ? model : '', vectors, usage, rawUsage: usage ? rawMetrics(answer) : null };
}

/** @throws GatewayError `upstream-failed` for an error in the answer's place, `upstream-protocol` when it is no object */
export function readAnswer(body: unknown): Fields {
  if (!isFields(body)) throw unreadable('is no JSON object');
  if (body['error']) throw new GatewayError('upstream-failed', describeError(body['error']));
  return body;
}

export function readVector(value: unknown): readonly number[] {
  const list: readonly unknown[] | null = Array.isArray(value) ? value : null;
  if (list?.every((each) => typeof each === 'number')) return list;
  throw unreadable('holds an embedding that is no list of numbers');
}

function unreadable(problem: string): GatewayError {
  return new GatewayError('upstream-protocol', `The provider's answer ${problem}.`);
}
