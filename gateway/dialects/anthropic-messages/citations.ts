/** Citations: on Anthropic's wire each belongs to a text block, and tells its source in one of five shapes. */
import type { Citation } from '../../chat/event.ts';
import { wrappedSealMark } from '../../chat/seal.ts';
import { type Fields, isFields } from '../json/fields.ts';

/** @returns null for what is no citation; its place in the answer is not known yet */
export function decodeCitation(value: unknown): Citation | null {
  if (!isFields(value)) return null;
  const title = textOrNull(value, 'title') ?? textOrNull(value, 'document_title');
  return { url: urlOf(value), title, quote: textOrNull(value, 'cited_text'), start: null, end: null };
}

/** A search result that the client gave names its source, which often is an address. */
function urlOf(citation: Fields): string | null {
  const source = textOrNull(citation, 'source');
  return textOrNull(citation, 'url') ?? (source !== null && /^https?:/i.test(source) ? source : null);
}

function textOrNull(fields: Fields, name: string): string | null {
  const value = fields[name];
  return typeof value === 'string' ? value : null;
}

/**
 * In the shape of a web search's citation, the only one that holds an address. Anthropic would refuse an index that it did not
 * make, so ours bears the mark by which a later request is known to need translation.
 * @returns null for a citation without an address
 */
export function encodeCitation({ url, title, quote }: Citation) {
  if (url === null) return null;
  const encrypted_index = `${wrappedSealMark}none`;
  return { type: 'web_search_result_location', url, title, cited_text: quote ?? '', encrypted_index };
}
