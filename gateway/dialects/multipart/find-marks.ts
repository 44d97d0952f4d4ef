/** Finds a mark in a body that stays in the pieces it came in: a form's files are passed over, never copied. */

/** Pieces smaller than this cost more by their number than by a copy. */
const smallBytes = 1_024;

/** The same bytes with each run of small pieces as one piece: what is done for every piece must not be done for every byte. */
export function joinSmallPieces(pieces: readonly Buffer[]): readonly Buffer[] {
  if (pieces.length < 2) return pieces;
  const joined: Buffer[] = [];
  let run: Buffer[] = [];
  for (const piece of pieces) {
    if (piece.length < smallBytes) run.push(piece);
    else {
      if (run.length > 0) joined.push(Buffer.concat(run));
      joined.push(piece);
      run = [];
    }
  }
  if (run.length > 0) joined.push(Buffer.concat(run));
  return joined;
}

/**
 * Every place of the mark, across the cuts between pieces too.
 * @param mark must not be able to overlap itself
 * @param limit no more than so many are looked for
 * @returns positions of its first byte, counted from the first piece on
 */
export function findMarks(pieces: readonly Buffer[], mark: Buffer, limit: number): readonly number[] {
  const found: number[] = [];
  const reach = mark.length - 1;
  /** The last bytes before the piece, in which the mark may begin. */
  let before = Buffer.alloc(0);
  let start = 0;
  for (const piece of pieces) {
    const edge = Buffer.concat([before, piece.subarray(0, reach)]);
    const across = edge.indexOf(mark);
    if (across !== -1) found.push(start - before.length + across);
    for (let at = piece.indexOf(mark); at !== -1 && found.length < limit; at = piece.indexOf(mark, at + mark.length)) {
      found.push(start + at);
    }
    if (found.length >= limit) return found;
    const end = piece.length >= reach ? piece : edge;
    before = Buffer.from(end.subarray(Math.max(0, end.length - reach)));
    start += piece.length;
  }
  return found;
}

/**
 * Copies small parts of the pieces, one behind the other, without beginning anew at the first piece.
 * @returns a function whose `start` must never be smaller than the time before; positions behind the end are taken for the end
 */
export function rangeCopier(pieces: readonly Buffer[]): (start: number, end: number) => Buffer {
  let first = 0;
  let firstStart = 0;
  return (start, end) => {
    while (first < pieces.length && firstStart + (pieces[first]?.length ?? 0) <= start) {
      firstStart += pieces[first]?.length ?? 0;
      first += 1;
    }
    const parts: Buffer[] = [];
    let at = firstStart;
    for (let index = first; index < pieces.length && at < end; index += 1) {
      const piece = pieces[index] ?? Buffer.alloc(0);
      parts.push(piece.subarray(Math.max(start - at, 0), end - at));
      at += piece.length;
    }
    return Buffer.concat(parts);
  };
}
