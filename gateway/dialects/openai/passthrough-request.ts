/** Reads what decides of an OpenAI request from its bytes, and writes the same bytes back with only that changed. */
import { GatewayError } from '../../chat/error.ts';
import type { PassthroughRequest, RequestChange } from '../dialect.ts';
import { measureRequest } from '../json/measure-request.ts';
import { type Edit, editPieces, joinForReading } from '../json/pieces.ts';
import { JsonStructureError, type ScannedObject, scanFields } from '../json/scan-fields.ts';

const deciding = ['model', 'stream', 'stream_options'];
const decidingWhole = ['model'];
const openBrace = 0x7b;
/** The first of `null`. */
const letterN = 0x6e;

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
  return {
    head: { model, stream, usageAsked: options?.usageAsked ?? false },
    write: (change) => editPieces(pieces, planEdits(scanned, model, change, options)),
    measure: () => measureRequest(pieces),
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

interface StreamOptions {
  readonly usageAsked: boolean;
  /** What makes the client's bytes ask for usage. */
  readonly usageEdit: Edit;
}

const wish = '"include_usage":true';
const wishInOptions = `{${wish}}`;
const wishAsField = `"stream_options":${wishInOptions},`;

/** The other options stay as they were written: what they hold may be no number that a program can hold. */
function readStreamOptions(body: Buffer, scanned: ScannedObject): StreamOptions {
  const range = scanned.fields.get('stream_options');
  if (!range) {
    const place = { start: scanned.afterBrace, end: scanned.afterBrace };
    return { usageAsked: false, usageEdit: { ...place, text: wishAsField } };
  }
  if (body[range.start] === letterN) return { usageAsked: false, usageEdit: { ...range, text: wishInOptions } };
  if (body[range.start] !== openBrace) {
    throw new GatewayError('bad-request', 'stream_options must be an object', { field: 'stream_options' });
  }
  const options = body.subarray(range.start, range.end);
  const inner = scan(options, ['include_usage']);
  const value = inner.fields.get('include_usage');
  if (!value) {
    const place = range.start + inner.afterBrace;
    return { usageAsked: false, usageEdit: { start: place, end: place, text: inner.empty ? wish : `${wish},` } };
  }
  const usageEdit = { start: range.start + value.start, end: range.start + value.end, text: 'true' };
  return { usageAsked: readField(options, inner, 'include_usage') === true, usageEdit };
}

function planEdits(scanned: ScannedObject, model: string, change: RequestChange, options: StreamOptions | null): Edit[] {
  const edits: Edit[] = [];
  const modelRange = scanned.fields.get('model');
  if (modelRange && change.model !== model) edits.push({ ...modelRange, text: JSON.stringify(change.model) });
  if (change.askUsage && options && !options.usageAsked) edits.push(options.usageEdit);
  return edits.sort((one, other) => one.start - other.start);
}
