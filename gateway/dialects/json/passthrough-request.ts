/** Reads what decides of a JSON request from its bytes, and writes the same bytes back with only that changed. */
import { GatewayError } from '../../chat/error.ts';
import type { RequestPlace } from '../codec.ts';
import type { PassthroughRequest, RequestChange } from '../dialect.ts';
import type { RequestWords } from '../request-words.ts';
import { findAdditions } from './find-additions.ts';
import { measureDense, measureRequest } from './measure-request.ts';
import { type Edit, editPieces, joinForReading } from './pieces.ts';
import { placeReader, scanObject } from './place-reader.ts';
import { planSettings } from './plan-settings.ts';
import { planWrites } from './plan-writes.ts';
import { nothingSaid, readSayings } from './sayings.ts';
import type { ScannedObject } from './scan-fields.ts';

const openBrace = 0x7b;
/** The first of `null`. */
const letterN = 0x6e;

/** No model's name is nearly so long; one that is must not be cut and then be another. */
const longestModelName = 512;

/**
 * How a dialect says that it wants a stream: not at all, by the path, by the field `stream` (missing is false, or true), by
 * that field with `stream_options.include_usage` beside it, which asks for usage, or by `"stream_format":"sse"`.
 */
export type StreamWish = 'never' | 'path' | 'field' | 'field-unless-false' | 'field-and-options' | 'format';

const wantedFields: Readonly<Record<StreamWish, readonly string[]>> = {
  never: ['model'],
  path: ['model'],
  field: ['model', 'stream'],
  'field-unless-false': ['model', 'stream'],
  'field-and-options': ['model', 'stream', 'stream_options'],
  format: ['model', 'stream_format'],
};

/**
 * @param words where the format says what a policy looks at and sets; null where it says nothing of that
 * @returns a dialect's `readRequest`; it throws GatewayError `bad-request`, naming the field
 */
export function passthroughReader(
  streamWish: StreamWish,
  words: RequestWords | null = null,
): (pieces: readonly Buffer[], place: RequestPlace) => PassthroughRequest {
  const wanted = wantedFields[streamWish];
  const hasOptions = streamWish === 'field-and-options';
  return (pieces, place) => {
    const body = joinForReading(pieces);
    const scanned = scanObject(body, wanted);
    const model = checkModel(place.model ?? readField(body, scanned, 'model'));
    const stream = place.stream ?? readStream(body, scanned, streamWish);
    const options = stream && hasOptions ? readStreamOptions(body, scanned) : null;
    const holds = (mark: string): boolean => joinForReading(pieces).includes(mark);
    return {
      head: { model, stream, usageAsked: hasOptions ? (options?.usageAsked ?? false) : true },
      write(change) {
        const edits = planEdits(scanned, model, change, options);
        return editPieces(pieces, change.settings ? mergeEdits(edits, settingsEdits(pieces, words, change)) : edits);
      },
      measure: () => measureRequest(pieces, words?.media),
      denseBytes: () => measureDense(pieces, words?.media),
      additions: () => findAdditions(joinForReading(pieces)),
      parse: () => parse(pieces),
      holds,
      sayings: () =>
        words
          ? readSayings(
              words,
              placeReader(() => joinForReading(pieces), words.names),
              holds,
            )
          : nothingSaid,
      unsaidSettings: (change) => (change.settings ? plannedSettings(pieces, words, change).unsaid : []),
    };
  };
}

function checkModel(model: unknown): string {
  if (typeof model !== 'string' || model === '') {
    throw new GatewayError('bad-request', 'the field model is missing or is not a name', { field: 'model' });
  }
  if (model.length > longestModelName) {
    throw new GatewayError('bad-request', `the field model is longer than ${longestModelName} characters`, { field: 'model' });
  }
  return model;
}

function readStream(body: Buffer, scanned: ScannedObject, streamWish: StreamWish): boolean {
  if (streamWish === 'format') return readField(body, scanned, 'stream_format') === 'sse';
  const stream = readField(body, scanned, 'stream') ?? streamWish === 'field-unless-false';
  if (typeof stream !== 'boolean') throw new GatewayError('bad-request', 'stream must be true or false', { field: 'stream' });
  return stream;
}

function parse(pieces: readonly Buffer[]): unknown {
  try {
    return JSON.parse(joinForReading(pieces).toString('utf8'));
  } catch (cause) {
    throw new GatewayError('bad-request', 'the request body is not sound JSON', { cause });
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
  const inner = scanObject(options, ['include_usage']);
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

/** They never overlap: what a policy sets is neither the model nor how the stream is sent. */
function mergeEdits(edits: readonly Edit[], others: readonly Edit[]): Edit[] {
  return [...edits, ...others].sort((one, other) => one.start - other.start);
}

function settingsEdits(pieces: readonly Buffer[], words: RequestWords | null, change: RequestChange): Edit[] {
  return planWrites(joinForReading(pieces), plannedSettings(pieces, words, change).writes);
}

function plannedSettings(pieces: readonly Buffer[], words: RequestWords | null, { settings, model, lengthField }: RequestChange) {
  if (!words || !settings) return { writes: [], unsaid: [] };
  return planSettings(
    words,
    placeReader(() => joinForReading(pieces), words.names),
    settings,
    { model, lengthField },
  );
}
