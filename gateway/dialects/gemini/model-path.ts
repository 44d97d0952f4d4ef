/** Where a model's calls stand: `/models/{name}:{verb}`. */

/** Joined to a base path that ends in the version, `/v1beta`. Tuned models have a collection of their own. */
export function modelPath(model: string, verb: string): string {
  const [, collection = 'models', name = model] = /^(models|tunedModels)\/(.*)$/s.exec(model) ?? [];
  return `/${collection}/${encodeURIComponent(name.toWellFormed())}:${verb}`;
}
