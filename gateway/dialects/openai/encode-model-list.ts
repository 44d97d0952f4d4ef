/** Writes the answers of `GET /models` and `GET /models/{id}`. */
import type { ListedModel } from '../listed-model.ts';

/** What the demo knows of its models, too. */
type OpenAiModel = Pick<ListedModel, 'id' | 'createdAtSeconds' | 'ownedBy'>;

export function encodeOpenAiModels(models: readonly OpenAiModel[]) {
  return { object: 'list', data: models.map(encodeOpenAiModel) };
}

export function encodeOpenAiModel({ id, createdAtSeconds, ownedBy }: OpenAiModel) {
  return { id, object: 'model', created: createdAtSeconds, owned_by: ownedBy };
}
