/** Reads what may stand beside the text of a chat answer: citations and probabilities. */
import type { Citation, TokenLogprob } from '../../../../chat/event.ts';
import { type Fields, isFields } from '../../../json/fields.ts';

/** `[{type: url_citation, url_citation: {url, title, start_index, end_index}}]`; OpenRouter adds `content`. */
export function decodeAnnotations(annotations: unknown): readonly Citation[] {
  return listOf(annotations).flatMap(({ url_citation: cited }) => {
    if (!isFields(cited) || typeof cited.url !== 'string') return [];
    const { url } = cited;
    const [start, end] = [position(cited.start_index), position(cited.end_index)];
    return [{ url, title: textOrNull(cited.title), quote: textOrNull(cited.content), start, end }];
  });
}

/** Perplexity's `search_results`, with titles, before its `citations`, addresses alone: both name the same pages. */
export function decodeSources({ results, citations }: Fields): readonly Citation[] {
  const pages = listOf(results).flatMap(({ url, title }) => (typeof url === 'string' ? [source(url, textOrNull(title))] : []));
  if (pages.length > 0 || !Array.isArray(citations)) return pages;
  return citations.filter((url) => typeof url === 'string').map((url) => source(url, null));
}

function source(url: string, title: string | null): Citation {
  return { url, title, quote: null, start: null, end: null };
}

/** `{content: [{token, logprob, top_logprobs}]}` of a choice. */
export function decodeLogprobs(logprobs: unknown): readonly TokenLogprob[] {
  if (!isFields(logprobs)) return [];
  return listOf(logprobs.content).flatMap((each) => {
    const top = listOf(each.top_logprobs).flatMap(decodeToken);
    return decodeToken(each).map((token) => ({ ...token, top }));
  });
}

function decodeToken({ token, logprob }: Fields): readonly { readonly token: string; readonly logprob: number }[] {
  return typeof token === 'string' && typeof logprob === 'number' ? [{ token, logprob }] : [];
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function position(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}
