/** Answers which models a provider has, what is known of each, and what changed since a person last looked. */
import type { CallInput, CallOutput } from '../contract/calls.ts';
import type { ProviderAccess } from './ask-provider.ts';
import { describeModels } from './describe-models.ts';
import { listModels, type ModelListing } from './list-models.ts';
import type { ModelReview } from './model-review.ts';

export interface ReviewInput extends Pick<CallInput<'providers.models'>, 'refresh' | 'accept'> {
  readonly access: ProviderAccess;
  readonly review: ModelReview;
  readonly builtInModels: readonly string[];
  /** Told of every list that came. */
  readonly onListing: (listing: ModelListing) => void;
}

/** @throws ModelListError */
export async function reviewModels(input: ReviewInput): Promise<CallOutput<'providers.models'>> {
  const { access, review, refresh, accept } = input;
  const { id, kind, origin, basePath } = access.provider;
  const place = `${id} ${kind} ${origin}${basePath}`;
  const known = refresh ? null : review.newest(place);
  if (known === null) {
    const listing = await listModels(access, input.builtInModels);
    input.onListing(listing);
    review.note(place, { models: await describeModels(access.provider, listing.models), source: listing.source });
  }
  if (accept) review.accept(place);
  const newest = review.newest(place);
  return { models: [...(newest?.models ?? [])], source: newest?.source ?? 'provider', ...review.changes(place) };
}
