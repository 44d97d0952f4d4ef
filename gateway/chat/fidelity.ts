/** The fidelity ledger of one translation: what was kept, what was emulated and how, what was dropped and why. */

/** A field by its path, with `*` for every place in a list: `messages.*.cache_control`. */
export interface FidelityNote {
  readonly field: string;
  /** How it was emulated, or why it was dropped: a clause for a person. */
  readonly words: string;
  /** In how many places. */
  readonly count: number;
}

export interface FidelityReport {
  /** The dialects, client's first. */
  readonly from: string;
  readonly to: string;
  readonly kept: readonly string[];
  readonly emulated: readonly FidelityNote[];
  readonly dropped: readonly FidelityNote[];
}

/** No request has nearly so many different fields; a hostile one must not fill the log. */
const mostNotes = 100;
const longestField = 200;
/** A client's own words may stand in them: the name of a tool. */
const longestWords = 300;

/** Gathers notes while a request or an answer is translated. */
export class FidelityNotes {
  readonly #emulated = new Map<string, FidelityNote>();
  readonly #dropped = new Map<string, FidelityNote>();

  /** @param how a clause: `as a tool that must be called` */
  emulate(field: string, how: string): void {
    add(this.#emulated, field, how);
  }

  /** @param why a clause: `Gemini has no such field` */
  drop(field: string, why: string): void {
    add(this.#dropped, field, why);
  }

  get emulated(): readonly FidelityNote[] {
    return [...this.#emulated.values()];
  }

  get dropped(): readonly FidelityNote[] {
    return [...this.#dropped.values()];
  }
}

/** The same words about the same field are one note. Those for which there is no room are counted in the last. */
function add(notes: Map<string, FidelityNote>, path: string, clause: string): void {
  const field = path.slice(0, longestField).replace(/(?<=^|\.)\d+(?=\.|$)/g, '*');
  const words = clause.slice(0, longestWords);
  const key = `${field}\n${words}`;
  if (notes.has(key) || notes.size < mostNotes - 1) count(notes, key, field, words);
  else count(notes, 'others', '*', 'and more, in other fields');
}

function count(notes: Map<string, FidelityNote>, key: string, field: string, words: string): void {
  notes.set(key, { field, words, count: (notes.get(key)?.count ?? 0) + 1 });
}
