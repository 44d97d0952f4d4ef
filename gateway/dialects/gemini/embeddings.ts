/** Embeddings: one text (`:embedContent`) or several (`:batchEmbedContents`). https://ai.google.dev/api/embeddings */
import type { EmbeddingInput, EmbeddingsAnswer, EmbeddingsRequest } from '../../chat/embeddings.ts';
import { GatewayError } from '../../chat/error.ts';
import type { FidelityNotes } from '../../chat/fidelity.ts';
import type { EmbeddingsCodec, RequestPlace } from '../codec.ts';
import { type Fields, isAbsent, isFields, readBody, readFlag, readList, readName, readText, refuse } from '../json/fields.ts';
import { modelName } from './request/decode-request.ts';
import { streamError } from './decode-stream-error.ts';
import { camelKeys, listOf, optionalCount, optionalText, readMessage, unknownKeys } from './request/proto-fields.ts';
import { decodeUsage } from './usage.ts';

export const embeddings: EmbeddingsCodec = {
  decodeRequest(body, place) {
    return decodeOne(camelKeys(readBody(body)), '', place);
  },
  encodeAnswer({ vectors: [values = []], usage }) {
    return { embedding: { values }, ...encodeUsage(usage) };
  },
  encodeRequest(request, { model }, notes) {
    const [input, ...others] = request.inputs;
    if (input === undefined || others.length > 0) {
      throw new GatewayError('untranslatable', 'input must be one text: this call takes no more.', { field: 'input' });
    }
    return encodeOne(input, 'input', request, model, notes);
  },
  decodeAnswer,
};

export const batchEmbeddings: EmbeddingsCodec = {
  decodeRequest(body, place) {
    const fields = camelKeys(readBody(body));
    const requests = readList(fields['requests'], 'requests').map((each, index) => {
      const path = `requests.${index}`;
      return decodeOne(readMessage(each, path), path, place);
    });
    const [first, ...others] = requests;
    if (!first) return refuse('requests', 'must not be empty');
    for (const [index, other] of others.entries()) checkAlike(first, other, `requests.${index + 1}`);
    const unread = [...unknownKeys(fields, new Set(['requests', 'model']), ''), ...requests.flatMap((each) => each.unread)];
    return { ...first, inputs: requests.flatMap(({ inputs }) => inputs), unread };
  },
  encodeAnswer({ vectors, usage }) {
    return { embeddings: vectors.map((values) => ({ values })), ...encodeUsage(usage) };
  },
  encodeRequest(request, { model }, notes) {
    return { requests: request.inputs.map((input, index) => encodeOne(input, `input.${index}`, request, model, notes)) };
  },
  decodeAnswer,
};

const known = new Set(['model', 'content', 'taskType', 'outputDimensionality', 'autoTruncate', 'embedContentConfig']);
const configFields = new Set(['taskType', 'outputDimensionality', 'autoTruncate']);

/** What it is for stands in the request itself, in newer ones in `embedContentConfig`. */
function decodeOne(fields: Fields, path: string, place: RequestPlace): EmbeddingsRequest {
  const prefix = path === '' ? '' : `${path}.`;
  const configPath = `${prefix}embedContentConfig`;
  const inner = isAbsent(fields['embedContentConfig']) ? {} : readMessage(fields['embedContentConfig'], configPath);
  const config = { ...fields, ...inner };
  const { autoTruncate } = config;
  return {
    model: modelName(place.model ?? readName(fields['model'], `${prefix}model`)),
    inputs: [decodeText(fields['content'], `${prefix}content`)],
    dimensions: optionalCount(config['outputDimensionality'], `${prefix}outputDimensionality`, 1) ?? null,
    encoding: 'float',
    task: optionalText(config['taskType'], `${prefix}taskType`),
    truncate: isAbsent(autoTruncate) ? null : readFlag(autoTruncate, `${prefix}autoTruncate`),
    unread: [...unknownKeys(fields, known, path), ...unknownKeys(inner, configFields, configPath)],
  };
}

/** @throws GatewayError `untranslatable` for pictures and sounds, which have no word in the inner language */
function decodeText(value: unknown, path: string): string {
  const content = typeof value === 'string' ? { parts: [{ text: value }] } : readMessage(value, path);
  const texts = listOf(content['parts']).map((each, index) => {
    const at = `${path}.parts.${index}`;
    const part = readMessage(each, at);
    if (!isAbsent(part['text'])) return readText(part['text'], `${at}.text`);
    throw new GatewayError('untranslatable', `${at} is no text; other providers embed text alone.`, { field: at });
  });
  return texts.length === 0 ? refuse(`${path}.parts`, 'must not be empty') : texts.join('');
}

/** One request of ours says once what all of its texts are for. */
function checkAlike(first: EmbeddingsRequest, other: EmbeddingsRequest, path: string): void {
  const differing = [
    ['taskType', first.task, other.task],
    ['outputDimensionality', first.dimensions, other.dimensions],
  ].find(([, one, another]) => one !== another);
  if (!differing) return;
  const field = `${path}.${differing[0]}`;
  throw new GatewayError('untranslatable', `${field} differs from the first request's; other providers take one.`, { field });
}

function encodeOne(input: EmbeddingInput, path: string, request: EmbeddingsRequest, model: string, notes: FidelityNotes) {
  if (typeof input !== 'string') {
    throw new GatewayError('untranslatable', `${path} is a list of token numbers; Gemini takes text alone.`, { field: path });
  }
  if (request.truncate !== null) notes.drop('truncate', 'Gemini decides of it by itself');
  return {
    model: `models/${modelName(model)}`,
    content: { parts: [{ text: input }] },
    ...(request.task === null ? {} : { taskType: request.task }),
    ...(request.dimensions === null ? {} : { outputDimensionality: request.dimensions }),
  };
}

function encodeUsage(usage: EmbeddingsAnswer['usage']) {
  const count = usage?.inputTokens ?? null;
  return count === null ? {} : { usageMetadata: { promptTokenCount: count, totalTokenCount: count } };
}

/** Tells no model: whoever asked knows it. */
function decodeAnswer(body: unknown): EmbeddingsAnswer {
  if (!isFields(body)) throw notEmbeddings();
  if (body['error']) throw streamError(body['error']);
  const list: readonly unknown[] = Array.isArray(body['embeddings']) ? body['embeddings'] : [body['embedding']];
  const rawUsage = body['usageMetadata'] ?? null;
  return { model: '', vectors: list.map(decodeVector), usage: decodeUsage(rawUsage), rawUsage };
}

function decodeVector(value: unknown): readonly number[] {
  const values: unknown = isFields(value) ? value['values'] : null;
  if (!Array.isArray(values)) throw notEmbeddings();
  const numbers = values.filter((each): each is number => typeof each === 'number');
  if (numbers.length !== values.length) throw notEmbeddings();
  return numbers;
}

function notEmbeddings(): GatewayError {
  return new GatewayError('upstream-protocol', 'The provider sent something that is no embedding.');
}
