/** Remembers which list of models a person has seen, so that the next one can be shown as what it changes. In memory only. */
import type { DescribedModel } from './describe-models.ts';
import type { ModelListing } from './list-models.ts';
import type { ModelFacts } from '../contract/model-facts.ts';

export interface ReviewedListing {
  readonly models: readonly DescribedModel[];
  readonly source: ModelListing['source'];
}

export interface ModelChanges {
  readonly added: string[];
  readonly removed: string[];
  /** With the facts as they were. */
  readonly changed: { readonly id: string; readonly before: ModelFacts }[];
}

/** Lists are known by their provider and where it is: one that moved lists other models, not changed ones. */
export class ModelReview {
  readonly #accepted = new Map<string, ReviewedListing>();
  readonly #newest = new Map<string, ReviewedListing>();

  /** The newest list that was noted for a place. */
  newest(place: string): ReviewedListing | null {
    return this.#newest.get(place) ?? null;
  }

  /** Takes note of a list. The first, and one from another source than before, needs no review. */
  note(place: string, listing: ReviewedListing): void {
    this.#newest.set(place, listing);
    if (this.#accepted.get(place)?.source !== listing.source) this.#accepted.set(place, listing);
  }

  /** What the newest list changes against the one last accepted. */
  changes(place: string): ModelChanges {
    const before = byId(this.#accepted.get(place));
    const now = byId(this.#newest.get(place));
    return {
      added: [...now.keys()].filter((id) => !before.has(id)),
      removed: [...before.keys()].filter((id) => !now.has(id)),
      changed: [...before].flatMap(([id, facts]) => {
        const next = now.get(id);
        return next && JSON.stringify(next) !== JSON.stringify(facts) ? [{ id, before: facts }] : [];
      }),
    };
  }

  /** A person has seen the newest list. */
  accept(place: string): void {
    const newest = this.#newest.get(place);
    if (newest) this.#accepted.set(place, newest);
  }
}

function byId(listing: ReviewedListing | undefined): ReadonlyMap<string, ModelFacts> {
  return new Map(listing?.models.map(({ id, facts }) => [id, facts]));
}
