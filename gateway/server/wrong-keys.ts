/** Slows down whoever guesses keys: after ten wrong ones in a minute an address is told to wait. Right keys are never affected. */

const limit = 10;
const windowMs = 60_000;
/** Loopback has two addresses; more are only kept when the listener is opened to a network. */
const addressLimit = 1_000;

export interface WrongKeys {
  /**
   * Notes one more wrong key.
   * @returns seconds to wait when there were too many, else null
   */
  note(address: string): number | null;
}

/** @param monotonic milliseconds of a clock that never jumps */
export function createWrongKeys(monotonic: () => number): WrongKeys {
  const counts = new Map<string, { count: number; since: number }>();
  return {
    note(address) {
      const now = monotonic();
      const known = counts.get(address);
      if (!known || now - known.since >= windowMs) {
        if (counts.size >= addressLimit) counts.clear();
        counts.set(address, { count: 1, since: now });
        return null;
      }
      known.count += 1;
      return known.count > limit ? Math.ceil((windowMs - (now - known.since)) / 1_000) : null;
    },
  };
}
