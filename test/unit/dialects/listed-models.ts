/** Listed models of which nothing is known but what a test says. */
import type { ListedModel } from '../../../gateway/dialects/listed-model.ts';

export const unknownAbilities: ListedModel['abilities'] = { tools: null, vision: null, reasoning: null, embeddings: false };

export function listed(id: string, change: Partial<ListedModel> = {}): ListedModel {
  const limits = { displayName: null, contextLength: null, maximumOutputTokens: null };
  return { id, createdAtSeconds: 0, ownedBy: 'a', ...limits, abilities: unknownAbilities, ...change };
}
