/** Which target answered each session last, by the route that led to it, so that its prompt cache stays warm. */

/** As OpenRouter has it: after so long without a request the provider's cache is cold anyway. Milliseconds. */
const idleMs = 10 * 60_000;
const mostSessions = 10_000;

export class SessionTargets {
  readonly #monotonic: () => number;
  /** The one that was used least lately is first. */
  readonly #sessions = new Map<string, { readonly target: string; readonly at: number }>();

  /** @param monotonic milliseconds of a clock that never jumps */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** @param target `provider/model`, which answered */
  note(route: string, session: string, target: string): void {
    const key = keyOf(route, session);
    this.#sessions.delete(key);
    this.#sessions.set(key, { target, at: this.#monotonic() });
    const [oldest] = this.#sessions.keys();
    if (oldest !== undefined && this.#sessions.size > mostSessions) this.#sessions.delete(oldest);
  }

  /** @returns `provider/model`; null for a session that is new, or was idle for too long */
  last(route: string, session: string): string | null {
    const key = keyOf(route, session);
    const found = this.#sessions.get(key);
    if (!found) return null;
    if (this.#monotonic() - found.at < idleMs) return found.target;
    this.#sessions.delete(key);
    return null;
  }
}

/** A session is a hash, without spaces; a route's name may have some. */
const keyOf = (route: string, session: string): string => `${session} ${route}`;
