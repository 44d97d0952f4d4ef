/** Finds which call a result belongs to, though Gemini's clients may leave ids out: then by name and order. */

/** Other dialects take these characters, and 64 of them. */
function plainId(count: number, name: string): string {
  return `call_${count}_${name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 40)}`;
}

/** The calls of one tool in their order; those before `next` have been answered. */
interface Waiting {
  readonly ids: string[];
  next: number;
}

/** Made ids depend on place and name alone, so that the same conversation makes the same prompt. */
export class CallIds {
  readonly #taken = new Set<string>();
  /** The calls of the turn that have no result yet. */
  readonly #open = new Set<string>();
  readonly #byName = new Map<string, Waiting>();
  #count = 0;

  /** A new turn of the model: calls that were left without a result are not waited for by name any more. */
  beginTurn(): void {
    this.#open.clear();
    this.#byName.clear();
  }

  /** @returns the call's id, made when it has none or one that another call has */
  call(name: string, written: string | null): string {
    const id = written !== null && !this.#taken.has(written) ? written : this.#make(name);
    this.#taken.add(id);
    this.#open.add(id);
    const waiting = this.#byName.get(name);
    if (waiting) waiting.ids.push(id);
    else this.#byName.set(name, { ids: [id], next: 0 });
    return id;
  }

  /** @returns the id of the call that this result answers */
  result(name: string, written: string | null): string {
    const id = written !== null && this.#open.has(written) ? written : this.#firstOpen(name);
    if (id !== null) this.#open.delete(id);
    return id ?? written ?? this.#make(name);
  }

  /** One that was answered by its id may still stand among those that wait. */
  #firstOpen(name: string): string | null {
    const waiting = this.#byName.get(name);
    if (!waiting) return null;
    for (; waiting.next < waiting.ids.length; waiting.next += 1) {
      const id = waiting.ids[waiting.next];
      if (id !== undefined && this.#open.has(id)) return id;
    }
    return null;
  }

  #make(name: string): string {
    let id = plainId(this.#count, name);
    while (this.#taken.has(id)) id = plainId((this.#count += 1), name);
    this.#count += 1;
    return id;
  }
}

/** What reading the contents gathers as it goes. */
export interface DecodeState {
  readonly ids: CallIds;
  readonly unread: string[];
}
