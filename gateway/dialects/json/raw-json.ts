/** Keeps a provider's own object as text, for the log. */

/** Null for nothing, and for what nests so deep that it cannot be written. */
export function rawJson(raw: unknown): string | null {
  if (raw === undefined || raw === null) return null;
  try {
    return JSON.stringify(raw);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
