/** Reads where an answer's passages come from: https://ai.google.dev/api/generate-content#GroundingMetadata */
import type { Citation } from '../../../chat/event.ts';
import { type Fields, isFields } from '../../json/fields.ts';

/**
 * @param candidate may hold `groundingMetadata` and `citationMetadata`
 * @param text the candidate's text so far: Gemini counts its bytes, not its characters
 */
export function decodeCitations(candidate: Fields, text: string): Citation[] {
  const { groundingMetadata: grounding, citationMetadata: citations } = candidate;
  if (!isFields(grounding) && !isFields(citations)) return [];
  const bytes = Buffer.from(text);
  return [
    ...(isFields(grounding) ? decodeGrounding(grounding, bytes) : []),
    ...(isFields(citations) ? decodeRecitations(citations, bytes) : []),
  ];
}

/** Passages with the sources that support them; sources alone where no passage is named. */
function decodeGrounding(grounding: Fields, bytes: Buffer): Citation[] {
  const sources = objects(grounding['groundingChunks']).map(decodeSource);
  const supports = objects(grounding['groundingSupports']);
  if (supports.length === 0) return sources.map((source) => ({ ...source, start: null, end: null }));
  return supports.flatMap((support) => {
    const segment = isFields(support['segment']) ? support['segment'] : {};
    const indices: readonly unknown[] = Array.isArray(support['groundingChunkIndices']) ? support['groundingChunkIndices'] : [];
    return indices.flatMap((index) => {
      const source = typeof index === 'number' ? sources[index] : undefined;
      return source ? [{ ...source, quote: text(segment['text']), ...range(segment, bytes) }] : [];
    });
  });
}

function decodeSource(chunk: Fields): Pick<Citation, 'url' | 'title' | 'quote'> {
  const source = [chunk['web'], chunk['retrievedContext'], chunk['maps'], chunk['image']].find(isFields) ?? {};
  return { url: text(source['uri']) ?? text(source['sourceUri']), title: text(source['title']), quote: null };
}

/** `citationSources` in Gemini's own API, `citations` in Vertex'. */
function decodeRecitations(metadata: Fields, bytes: Buffer): Citation[] {
  return objects(metadata['citationSources'] ?? metadata['citations']).map((source) => ({
    url: text(source['uri']),
    title: text(source['title']),
    quote: null,
    ...range(source, bytes),
  }));
}

/** A missing start is 0, as proto JSON leaves zeros out; null where the end is missing or lies behind the text. */
function range({ startIndex = 0, endIndex }: Fields, bytes: Buffer): Pick<Citation, 'start' | 'end'> {
  if (typeof startIndex !== 'number' || typeof endIndex !== 'number' || startIndex > endIndex || endIndex > bytes.length) {
    return { start: null, end: null };
  }
  return { start: characters(bytes, startIndex), end: characters(bytes, endIndex) };
}

function characters(bytes: Buffer, end: number): number {
  return bytes.toString('utf8', 0, end).length;
}

function objects(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
