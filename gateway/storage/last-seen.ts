/** When each client was last seen: noted in memory for every request, written now and then. */

/** How long a note may wait. A crash loses at most this much of it. */
const flushAfterMs = 5_000;

export interface LastSeen {
  touch(id: string, atMs: number): void;
  /** What is noted and not written yet; null when there is nothing newer than the database. */
  pending(id: string): number | null;
  flush(): Promise<void>;
}

/** @param write keeps a batch of notes; when it fails they are kept for the next time */
export function createLastSeen(write: (seen: [id: string, atMs: number][]) => Promise<unknown>): LastSeen {
  const notes = new Map<string, number>();
  let timer: NodeJS.Timeout | null = null;

  const flush = async (): Promise<void> => {
    if (timer) clearTimeout(timer);
    timer = null;
    const seen = [...notes];
    if (seen.length === 0) return;
    await write(seen);
    for (const [id, atMs] of seen) if (notes.get(id) === atMs) notes.delete(id);
  };

  return {
    touch(id, atMs) {
      notes.set(id, atMs);
      // A write that fails is no reason to fail a request: the next touch tries again.
      timer ??= setTimeout(() => flush().catch(() => undefined), flushAfterMs).unref();
    },
    pending: (id) => notes.get(id) ?? null,
    flush,
  };
}
