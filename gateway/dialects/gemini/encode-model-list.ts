/** Writes the answers of `GET /models` and `GET /models/{name}`: https://ai.google.dev/api/models#Model */

export interface ListedGeminiModel {
  readonly id: string;
  readonly displayName: string | null;
  readonly inputTokenLimit: number | null;
  readonly outputTokenLimit: number | null;
  /** What it is asked for. */
  readonly purpose: 'chat' | 'embeddings';
}

const methods = {
  chat: ['generateContent', 'streamGenerateContent', 'countTokens'],
  embeddings: ['embedContent', 'batchEmbedContents'],
} as const;

export function encodeModelList(models: readonly ListedGeminiModel[]) {
  return { models: models.map(encodeModel) };
}

/** Limits that nobody knows are left out. */
export function encodeModel({ id, displayName, inputTokenLimit, outputTokenLimit, purpose }: ListedGeminiModel) {
  return {
    name: `models/${id}`,
    version: '1',
    displayName: displayName ?? id,
    description: displayName ?? id,
    ...(inputTokenLimit === null ? {} : { inputTokenLimit }),
    ...(outputTokenLimit === null ? {} : { outputTokenLimit }),
    supportedGenerationMethods: methods[purpose],
  };
}
