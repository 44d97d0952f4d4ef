/** Reads the small things that items of an answer hold: probabilities, citations, pictures. */
import type { ChatEvent, Citation, TokenLogprob } from '../../../../chat/event.ts';
import { type Fields, isFields } from '../../../json/fields.ts';

/** OpenAI sends an empty list with every piece of text unless probabilities were asked for. */
export function decodeLogprobs(value: unknown): readonly TokenLogprob[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((each) => {
    const entry = decodeLogprob(each);
    const others: readonly unknown[] = isFields(each) && Array.isArray(each.top_logprobs) ? each.top_logprobs : [];
    return entry === null ? [] : [{ ...entry, top: others.flatMap((other) => decodeLogprob(other) ?? []) }];
  });
}

function decodeLogprob(value: unknown): { readonly token: string; readonly logprob: number } | null {
  if (!isFields(value) || typeof value.token !== 'string' || typeof value.logprob !== 'number') return null;
  return { token: value.token, logprob: value.logprob };
}

/**
 * A web page (`url_citation`) has an address, a file has its name.
 * @param base where its passage begins in the text of the whole answer: positions are told within the passage
 */
export function decodeCitation(annotation: Fields, base: number): Citation {
  const start = position(annotation.start_index ?? annotation.index, base);
  return {
    url: text(annotation.url),
    title: text(annotation.title) ?? text(annotation.filename),
    quote: null,
    start,
    end: position(annotation.end_index, base) ?? start,
  };
}

function position(value: unknown, base: number): number | null {
  return typeof value === 'number' && value >= 0 ? base + value : null;
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** What an item of a hosted tool comes to: its picture, or a note that something of this dialect stood here. */
export function decodeHosted(item: Fields, type: string, dialect: string): ChatEvent {
  if (type !== 'image_generation_call' || typeof item.result !== 'string' || item.result === '') {
    return { type: 'native', dialect, name: type };
  }
  const [, mediaType, data] = /^data:([^;,]+);base64,(.*)$/s.exec(item.result) ?? [];
  if (mediaType !== undefined && data !== undefined) return { type: 'media', mediaType, data };
  return { type: 'media', mediaType: `image/${text(item.output_format) ?? 'png'}`, data: item.result };
}
