/** Who is asked next after a failure: the order of a request's candidates, as failures change it. Does nothing by itself. */
import type { ErrorKind } from '../../chat/error.ts';
import type { FallbackKind } from '../../contract/policy/rule.ts';
import type { AttemptCause } from '../../contract/records.ts';
import type { Candidate } from './candidates.ts';
import { fallbackKindOf } from './error-codes.ts';

type Asked = Pick<Candidate, 'model'> & { readonly provider: Pick<Candidate['provider'], 'id'> };

export interface Failure {
  readonly kind: ErrorKind;
  readonly movable: boolean;
  readonly retryable: boolean;
  /** Attempts that may still be made. */
  readonly left: number;
}

/** What another key of the same provider may mend; all else is the provider's own trouble, whatever the key. */
const keyShaped: ReadonlySet<ErrorKind> = new Set(['upstream-auth', 'upstream-quota', 'upstream-rate-limit']);

const fallbackCauses: Readonly<Record<FallbackKind, AttemptCause>> = {
  overload: 'fallback-overload',
  timeout: 'fallback-timeout',
  contextTooLong: 'fallback-context',
  contentPolicy: 'fallback-content-policy',
};

/** Who may be asked. */
export interface QueueSource<T> {
  /** In the order to ask. */
  readonly candidates: readonly T[];
  /** Whom to ask before the others after such a failure; looked up when there is one. */
  fallbacks(kind: FallbackKind): readonly T[];
}

export class AttemptQueue<T extends Asked> {
  readonly #source: QueueSource<T>;
  /** Who failed; null for nobody, as with nearly every request. */
  #asked: Set<string> | null = null;
  #line: readonly T[];

  constructor(source: QueueSource<T>) {
    this.#source = source;
    this.#line = source.candidates;
  }

  /** Whom it is the turn of. */
  get head(): T | null {
    return this.#line[0] ?? null;
  }

  get length(): number {
    return this.#line.length;
  }

  /** May another be asked after the head, whatever goes wrong with it? */
  get mayTurn(): boolean {
    const { fallbacks } = this.#source;
    return this.#line.length > 1 || fallbacks('overload').length > 0 || fallbacks('timeout').length > 0;
  }

  /** The head in another way, such as in another dialect. */
  replaceHead(candidate: T): void {
    this.#line = this.#line.with(0, candidate);
  }

  /** The head is asked after all others. */
  demoteHead(): void {
    const [head, ...rest] = this.#line;
    if (head) this.#line = [...rest, head];
  }

  /**
   * The head failed: turns to the same target's next key where the key is to blame, else to the rule's fallbacks for such a
   * failure, else to the next target, else stays for another try. The last attempt belongs to another target, however many
   * keys are left. What is wrong with the request itself is mended by a fallback of its kind alone.
   * @returns why the head is asked now; null when nobody can be
   */
  turn({ kind, movable, retryable, left }: Failure): AttemptCause | null {
    const [failed, ...rest] = this.#line;
    if (!failed || left < 1) return null;
    const asked = (this.#asked ??= new Set()).add(nameOf(failed));
    const others = rest.filter((one) => nameOf(one) !== nameOf(failed));
    const fallbackKind = fallbackKindOf(kind);
    const fallbacks = fallbackKind === null ? [] : this.#source.fallbacks(fallbackKind).filter((one) => !asked.has(nameOf(one)));
    const next = movable && keyShaped.has(kind) ? rest.find((one) => nameOf(one) === nameOf(failed)) : undefined;
    if (next && (left > 1 || fallbacks.length + others.length === 0)) {
      this.#line = [next, ...rest.filter((one) => one !== next)];
      return 'next-key';
    }
    if (fallbackKind !== null && fallbacks.length > 0) {
      const names = new Set(fallbacks.map(nameOf));
      this.#line = [...fallbacks, ...others.filter((one) => !names.has(nameOf(one)))];
      return fallbackCauses[fallbackKind];
    }
    if (movable && others.length > 0) {
      this.#line = others;
      return 'next-target';
    }
    this.#line = [failed];
    return retryable ? 'retry' : null;
  }
}

const nameOf = ({ provider, model }: Asked): string => `${provider.id}/${model}`;
