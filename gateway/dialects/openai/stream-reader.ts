/** Listens beside an OpenAI chat or completions stream: where it ends, what it used, whether it failed. */
import type { StreamReader, StreamStep } from '../dialect.ts';
import { type Fields, isFields } from '../json/fields.ts';
import { parseFields } from '../json/parse.ts';
import { type Heard, listenToStream } from '../stream-listener.ts';
import { billedUsage } from './billed-usage.ts';
import { decodeUsage, usageOf } from './usage.ts';

/** The end, a named event, or a usage or error with a value other than null (OpenAI sends `"usage":null` in every chunk). */
const telling = /\[DONE\]|event:|"(?:usage|error)"[ \t:]*[^ \t:n]/;

/**
 * Usage stands in a last chunk of its own (OpenAI with `include_usage`), in the finish chunk (most others), under
 * `x_groq` or in a choice; an error object may stand alone or, from OpenRouter, beside `choices`, and some servers name its
 * event `error`.
 */
export function createOpenAiStreamReader(): StreamReader {
  return listenToStream({ telling, read });
}

function read(data: string, event: string | null, heard: Heard): StreamStep {
  if (data === '[DONE]') return 'end';
  const chunk = parseFields(data);
  if (event === 'error' && !(chunk && errorOf(chunk))) return fail(chunk ?? data, chunk ?? data, heard);
  return chunk ? readChunk(chunk, heard) : 'pass';
}

function readChunk(chunk: Fields, heard: Heard): StreamStep {
  const error = errorOf(chunk);
  if (error) return fail(error, chunk, heard);
  const raw = usageOf(chunk);
  const usage = decodeUsage(raw);
  if (!usage) return 'pass';
  heard.usage = usage;
  heard.rawUsage = billedUsage(raw, chunk);
  return Array.isArray(chunk.choices) && chunk.choices.length > 0 ? 'pass' : 'usage-only';
}

function fail(error: unknown, whole: unknown, heard: Heard): StreamStep {
  heard.errorMessage = describeError(error);
  heard.errorIsSound = error !== whole && typeof error === 'object';
  return 'error';
}

/** Alone, beside choices (OpenRouter), under `x_groq`, or as the event itself (vLLM); null for no error. */
export function errorOf(chunk: Fields): unknown {
  if (chunk.error) return chunk.error;
  if (isFields(chunk.x_groq) && chunk.x_groq.error) return chunk.x_groq.error;
  return chunk.object === 'error' ? chunk : null;
}

/** The words of an error object in any of the shapes that OpenAI-compatible servers send. */
export function describeError(error: unknown): string {
  if (typeof error === 'string') return error;
  if (typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string')
    return error.message;
  return JSON.stringify(error) ?? 'unknown error';
}
