/**
 * A large body stays in the pieces it came in: it is read as one text, and sent on as pieces again with a few of them changed.
 * Copying it whole was measured to cost more than everything else, most of it in garbage collection.
 */
import type { FieldRange } from './scan-fields.ts';

/** A part of the text to be replaced; `start === end` puts something in. Positions count from the first piece on. */
export interface Edit extends FieldRange {
  readonly text: string;
}

const scratchBytes = 1_048_576;
let scratch: Buffer | null = null;

/** The pieces as one text, good only until this is called again: a large one stands in memory that the next will take. */
export function joinForReading(pieces: readonly Buffer[]): Buffer {
  const [only] = pieces;
  if (only && pieces.length === 1) return only;
  const length = totalLength(pieces);
  if (length > scratchBytes) return Buffer.concat(pieces, length);
  scratch ??= Buffer.allocUnsafeSlow(scratchBytes);
  let end = 0;
  for (const piece of pieces) end += piece.copy(scratch, end);
  return scratch.subarray(0, end);
}

export function totalLength(pieces: readonly Buffer[]): number {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  return length;
}

/**
 * The pieces with the edits made; what is not edited is not copied.
 * @param edits in order, not overlapping
 */
export function editPieces(pieces: readonly Buffer[], edits: readonly Edit[]): readonly Buffer[] {
  if (edits.length === 0) return pieces;
  const edited: Buffer[] = [];
  let from = 0;
  for (const edit of edits) {
    pushRange(edited, pieces, from, edit.start);
    edited.push(Buffer.from(edit.text));
    from = edit.end;
  }
  pushRange(edited, pieces, from, Number.POSITIVE_INFINITY);
  return edited;
}

/** Adds what stands from `start` to `end`, as views of the pieces. */
function pushRange(to: Buffer[], pieces: readonly Buffer[], start: number, end: number): void {
  let at = 0;
  for (const piece of pieces) {
    const first = Math.max(start - at, 0);
    const last = Math.min(end - at, piece.length);
    if (first < last) to.push(piece.subarray(first, last));
    at += piece.length;
  }
}
