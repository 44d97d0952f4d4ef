/** Listens beside a stream of images, speech or transcription: where it ends, what it used, whether it failed. */
import type { Usage } from '../../../chat/usage.ts';
import type { StreamReader, StreamStep } from '../../dialect.ts';
import { type Fields, isFields } from '../../json/fields.ts';
import { describeError, errorOf, parseObject } from '../stream-reader.ts';
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
  let usage: Usage | null = null;
  let rawUsageJson: string | null = null;
  let errorMessage: string | null = null;
  let errorIsSound = false;
  let mayEnd = false;

  const keepUsage = (raw: unknown): void => {
    if (!isFields(raw)) return;
    usage = decodeEndpointUsage(raw) ?? usage;
    rawUsageJson = JSON.stringify(raw);
  };

  const readFields = (fields: Fields, event: string | null): StreamStep => {
    const error = errorOf(fields) ?? (event === 'error' || fields['type'] === 'error' ? fields : null);
    if (error) {
      errorMessage = describeError(error);
      errorIsSound = true;
      return 'error';
    }
    keepUsage(fields['usage']);
    const type = typeof fields['type'] === 'string' ? fields['type'] : (event ?? '');
    if (!lastType.test(type)) return 'pass';
    mayEnd = true;
    return 'last';
  };

  return {
    concerns: (block) => telling.test(block.toString('latin1')),
    read(data, event) {
      if (data === '[DONE]') return 'end';
      const fields = parseObject(data);
      if (fields) return readFields(fields, event);
      if (event !== 'error') return 'pass';
      errorMessage = data;
      return 'error';
    },
    get mayEnd() {
      return mayEnd;
    },
    get usage() {
      return usage;
    },
    get rawUsageJson() {
      return rawUsageJson;
    },
    get errorMessage() {
      return errorMessage;
    },
    get errorIsSound() {
      return errorIsSound;
    },
  };
}
