/** Writes where an answer's passages come from, as grounding: https://ai.google.dev/api/generate-content#GroundingMetadata */
import type { Citation } from '../../../chat/event.ts';

/**
 * Each source once, and each cited passage with the source that supports it.
 * @param text the candidate's whole text: Gemini counts its bytes
 */
export function encodeCitations(citations: readonly Citation[], text: string) {
  const sources = [...new Map(citations.map((citation) => [sourceKey(citation), citation])).values()];
  const places = new Map(sources.map((source, index) => [sourceKey(source), index]));
  const passages = citations.filter(({ end, quote }) => end !== null || quote !== null);
  return {
    groundingChunks: sources.map(encodeSource),
    groundingSupports: passages.map((citation) => ({
      segment: encodeSegment(citation, text),
      groundingChunkIndices: [places.get(sourceKey(citation)) ?? 0],
    })),
  };
}

function sourceKey({ url, title }: Citation): string {
  return JSON.stringify([url, title]);
}

function encodeSource({ url, title }: Citation) {
  const named = title === null ? {} : { title };
  return url === null ? { retrievedContext: named } : { web: { uri: url, ...named } };
}

function encodeSegment({ start, end, quote }: Citation, text: string) {
  return {
    ...(start === null ? {} : { startIndex: byteLength(text, start) }),
    ...(end === null ? {} : { endIndex: byteLength(text, end) }),
    ...(quote === null ? {} : { text: quote }),
  };
}

function byteLength(text: string, characters: number): number {
  return Buffer.byteLength(text.slice(0, characters));
}
