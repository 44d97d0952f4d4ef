/** Finds which call a result belongs to, though Gemini's clients may leave ids out: then by name and order. */

interface OpenCall {
  readonly id: string;
  readonly name: string;
}

/** Other dialects take these characters, and 64 of them. */
function plainId(count: number, name: string): string {
  return `call_${count}_${name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 40)}`;
}

/** Made ids depend on place and name alone, so that the same conversation makes the same prompt. */
export class CallIds {
  readonly #names = new Map<string, string>();
  #open: OpenCall[] = [];
  #count = 0;

  /** A new turn of the model: calls that were left without a result are not waited for by name any more. */
  beginTurn(): void {
    this.#open = [];
  }

  /** @returns the call's id, made when it has none or one that another call has */
  call(name: string, written: string | null): string {
    const id = written !== null && !this.#names.has(written) ? written : this.#make(name);
    this.#names.set(id, name);
    this.#open.push({ id, name });
    return id;
  }

  /** @returns the id of the call that this result answers */
  result(name: string, written: string | null): string {
    const byId = this.#open.findIndex(({ id }) => id === written);
    const at = byId === -1 ? this.#open.findIndex((call) => call.name === name) : byId;
    const [call] = at === -1 ? [] : this.#open.splice(at, 1);
    return call?.id ?? written ?? this.#make(name);
  }

  #make(name: string): string {
    let id = plainId(this.#count, name);
    while (this.#names.has(id)) id = plainId((this.#count += 1), name);
    this.#count += 1;
    return id;
  }
}

/** What reading the contents gathers as it goes. */
export interface DecodeState {
  readonly ids: CallIds;
  readonly unread: string[];
}
