/** Reads what decides of an OpenAI request from its bytes, and writes the same bytes back with only that changed. */
import { GatewayError } from '../../chat/error.ts';
import type { PassthroughRequest, RequestChange } from '../dialect.ts';
import { type Edit, editPieces, joinForReading } from '../json/pieces.ts';
import { JsonStructureError, type ScannedObject, scanFields } from '../json/scan-fields.ts';

const deciding = ['model', 'stream', 'stream_options'];
const decidingWhole = ['model'];

/** No model's name is nearly so long; one that is must not be cut and then be another. */
const longestModelName = 512;

/**
 * @param streams false for an endpoint that only answers whole (embeddings)
 * @param pieces the body as it came; never changed
 * @throws GatewayError `bad-request`, naming the field
 */
export function readOpenAiRequest(pieces: readonly Buffer[], streams: boolean): PassthroughRequest {
  const body = joinForReading(pieces);
  const scanned = scan(body, streams ? deciding : decidingWhole);
  const model = readField(body, scanned, 'model');
  if (typeof model !== 'string' || model === '') {
    throw new GatewayError('bad-request', 'the field model is missing or is not a name', { field: 'model' });
  }
  if (model.length > longestModelName) {
    throw new GatewayError('bad-request', `the field model is longer than ${longestModelName} characters`, { field: 'model' });
  }
  const stream = readField(body, scanned, 'stream') ?? false;
  if (typeof stream !== 'boolean') throw new GatewayError('bad-request', 'stream must be true or false', { field: 'stream' });
  const options = stream ? readStreamOptions(body, scanned) : null;
  const usageAsked = options?.['include_usage'] === true;
  const optionsWithoutUsage = stream && !usageAsked ? (options ?? {}) : null;
  return {
    head: { model, stream, usageAsked },
    write: (change) => editPieces(pieces, planEdits(scanned, model, change, optionsWithoutUsage)),
  };
}

function scan(body: Buffer, wanted: readonly string[]): ScannedObject {
  try {
    return scanFields(body, wanted);
  } catch (error) {
    if (!(error instanceof JsonStructureError)) throw error;
    throw new GatewayError('bad-request', `the request body is not sound JSON: ${error.message}`, { cause: error });
  }
}

function readField(body: Buffer, scanned: ScannedObject, name: string): unknown {
  const range = scanned.fields.get(name);
  if (!range) return undefined;
  try {
    return JSON.parse(body.toString('utf8', range.start, range.end));
  } catch (error) {
    throw new GatewayError('bad-request', `the field ${name} is not sound JSON`, { field: name, cause: error });
  }
}

function readStreamOptions(body: Buffer, scanned: ScannedObject): Readonly<Record<string, unknown>> | null {
  const options = readField(body, scanned, 'stream_options') ?? null;
  if (options === null) return null;
  if (typeof options !== 'object' || Array.isArray(options)) {
    throw new GatewayError('bad-request', 'stream_options must be an object', { field: 'stream_options' });
  }
  return { ...options };
}

function planEdits(
  scanned: ScannedObject,
  model: string,
  change: RequestChange,
  optionsWithoutUsage: Readonly<Record<string, unknown>> | null,
): Edit[] {
  const edits: Edit[] = [];
  const modelRange = scanned.fields.get('model');
  if (modelRange && change.model !== model) edits.push({ ...modelRange, text: JSON.stringify(change.model) });
  if (change.askUsage && optionsWithoutUsage) {
    const text = JSON.stringify({ ...optionsWithoutUsage, include_usage: true });
    const range = scanned.fields.get('stream_options');
    if (range) edits.push({ ...range, text });
    else edits.push({ start: scanned.afterBrace, end: scanned.afterBrace, text: `"stream_options":${text},` });
  }
  return edits.sort((one, other) => one.start - other.start);
}
