/** The query of the request list as it stands in the address, so that a search can be kept and shared; and edits of it. Pure. */
import { quoteValue, readQuery } from '../../../gateway/contract/requests/query.ts';
import type { QueryField, QueryTerm } from '../../../gateway/contract/requests/query-terms.ts';

export function queryText(address: URLSearchParams): string {
  return address.get('q') ?? '';
}

/** The change of an address that brings a query into it. */
export function toAddress(parts: readonly string[]): { readonly q: string | null } {
  return { q: parts.length === 0 ? null : parts.join(' ') };
}

/** What is there already is not added a second time. */
export function withPart(parts: readonly string[], part: string): readonly string[] {
  return parts.includes(part) ? parts : [...parts, part];
}

export function withoutPart(parts: readonly string[], part: string): readonly string[] {
  return parts.filter((one) => one !== part);
}

/** A part that says the same field otherwise takes the place of those that are there. */
export function withField(query: string, field: QueryField, value: string): readonly string[] {
  return withPart(
    partsOf(query).filter((part) => !part.toLowerCase().startsWith(`${field}:`)),
    `${field}:${quoteValue(value)}`,
  );
}

/** A span of time takes the place of the one that is there. */
export function withSpan(parts: readonly string[], fromMs: number, toMs: number): readonly string[] {
  const others = parts.filter((part) => !/^-?(?:since|before):/i.test(part));
  return [...others, `since:${writeMoment(fromMs)}`, `before:${writeMoment(toMs)}`];
}

/** As short as it can be without losing anything: whole minutes have no seconds. */
function writeMoment(atMs: number): string {
  return new Date(atMs).toISOString().replace(/(?::00)?\.000Z$/, 'Z');
}

/** The parts of a query as they were written; of one that cannot be read, none. */
export function partsOf(query: string): readonly string[] {
  const reading = readQuery(query, Date.now());
  return reading.ok ? textsOf(reading.terms) : [];
}

export function textsOf(terms: readonly QueryTerm[]): readonly string[] {
  return terms.map(({ text }) => text);
}
