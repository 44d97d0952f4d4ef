/** Writes the answers of `GET /models` and `GET /models/{id}`. */

export interface ListedModel {
  readonly id: string;
  readonly createdAtSeconds: number;
  readonly ownedBy: string;
}

export function encodeModelList(models: readonly ListedModel[]) {
  return { object: 'list', data: models.map(encodeModel) };
}

export function encodeModel({ id, createdAtSeconds, ownedBy }: ListedModel) {
  return { id, object: 'model', created: createdAtSeconds, owned_by: ownedBy };
}
