/** Writes the answers of `GET /v1/models` and `GET /v1/models/{id}` as Anthropic does. */
import type { ListedModel } from '../listed-model.ts';

/** The whole list as one page. */
export function encodeAnthropicModels(models: readonly ListedModel[]) {
  const data = models.map(encodeAnthropicModel);
  return { data, has_more: false, first_id: data.at(0)?.id ?? null, last_id: data.at(-1)?.id ?? null };
}

export function encodeAnthropicModel({ id, createdAtSeconds, displayName }: ListedModel) {
  const createdAt = new Date(createdAtSeconds * 1000).toISOString().replace('.000Z', 'Z');
  return { type: 'model', id, display_name: displayName ?? id, created_at: createdAt };
}
