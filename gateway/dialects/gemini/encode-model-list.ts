/** Writes the answers of `GET /models` and `GET /models/{name}`: https://ai.google.dev/api/models#Model */
import type { ListedModel } from '../listed-model.ts';

const chatMethods = ['generateContent', 'streamGenerateContent', 'countTokens'];
const embeddingMethods = ['embedContent', 'batchEmbedContents'];

export function encodeGeminiModels(models: readonly ListedModel[]) {
  return { models: models.map(encodeGeminiModel) };
}

/** Limits that nobody knows are left out. */
export function encodeGeminiModel({ id, displayName, contextLength, maximumOutputTokens, abilities }: ListedModel) {
  return {
    name: `models/${id}`,
    version: '1',
    displayName: displayName ?? id,
    description: displayName ?? id,
    ...(contextLength === null ? {} : { inputTokenLimit: contextLength }),
    ...(maximumOutputTokens === null ? {} : { outputTokenLimit: maximumOutputTokens }),
    supportedGenerationMethods: abilities.embeddings ? embeddingMethods : chatMethods,
  };
}
