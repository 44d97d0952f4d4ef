/** Listens beside a stream of images, speech or transcription: where it ends, what it used, whether it failed. */
import type { StreamReader, StreamStep } from '../../dialect.ts';
import { type Fields, isFields } from '../../json/fields.ts';
import { parseFields } from '../../json/parse.ts';
import { type Heard, listenToStream } from '../../stream-listener.ts';
import { describeError, errorOf } from '../stream-reader.ts';
import { decodeEndpointUsage } from './usage.ts';

/** The end, or an event that ends something, names its usage or fails. Most others hold much sound or a whole image. */
const telling = /\[DONE\]|event:[ \t]*error|"(?:usage|error)"[ \t:]*[^ \t:n]|\.(?:done|completed)"/;

/** `speech.audio.done`, `transcript.text.done`, `image_generation.completed`, `image_edit.completed`. */
const lastType = /\.(?:done|completed)$/;

/**
 * OpenAI's end with an event of their own, after which the connection ends in good order; other servers write `[DONE]`. Several
 * images may each have such an event.
 */
export function createEndpointStreamReader(): StreamReader {
  let mayEnd = false;

  const read = (data: string, event: string | null, heard: Heard): StreamStep => {
    if (data === '[DONE]') return 'end';
    const fields = parseFields(data);
    if (fields === null) return event === 'error' ? fail(data, false, heard) : 'pass';
    const error = errorOf(fields) ?? (event === 'error' || fields['type'] === 'error' ? fields : null);
    if (error) return fail(error, true, heard);
    keepUsage(fields['usage'], heard);
    if (!lastType.test(typeOf(fields, event))) return 'pass';
    mayEnd = true;
    return 'last';
  };

  return listenToStream({ telling, read, mayEnd: () => mayEnd });
}

function typeOf({ type }: Fields, event: string | null): string {
  return typeof type === 'string' ? type : (event ?? '');
}

function fail(error: unknown, isSound: boolean, heard: Heard): StreamStep {
  heard.errorMessage = describeError(error);
  heard.errorIsSound = isSound;
  return 'error';
}

function keepUsage(raw: unknown, heard: Heard): void {
  if (isFields(raw)) Object.assign(heard, { usage: decodeEndpointUsage(raw) ?? heard.usage, rawUsage: raw });
}
