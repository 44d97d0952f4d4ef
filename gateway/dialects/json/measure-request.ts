/** Measures what a JSON request holds for a model to read: its text, and apart from that its media. */
import type { RequestSize } from '../../chat/request-size.ts';
import { countDenseBytes } from './dense-text.ts';
import { findMedia, type MediaPlaces } from './find-media.ts';
import { joinForReading } from './pieces.ts';

/** @param places where the format puts media, beside data URLs */
export function measureRequest(pieces: readonly Buffer[], places: MediaPlaces = {}): RequestSize {
  const body = joinForReading(pieces);
  const { parts: media, dataBytes } = findMedia(body, places);
  return { textBytes: body.length - dataBytes, media };
}

/** Around each of its ends, data of media may share a block with text. */
const denseAround = 128;

/** @returns how many bytes of its text are not plain words */
export function measureDense(pieces: readonly Buffer[], places: MediaPlaces = {}): number {
  const body = joinForReading(pieces);
  const { parts, dataBytes } = findMedia(body, places);
  return Math.max(0, countDenseBytes(body) - dataBytes) + parts.length * denseAround;
}
