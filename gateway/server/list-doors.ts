/** Lists of models in the shape that their asker knows. */
import type { IncomingHttpHeaders } from 'node:http';
import {
  anthropicMessages,
  encodeAnthropicModel,
  encodeAnthropicModels,
  encodeGeminiModel,
  encodeGeminiModels,
  encodeTags,
  encodeOpenAiModel,
  encodeOpenAiModels,
  gemini,
  type Dialect,
  type ListedModel,
  ollama,
  openAiChat,
} from '../dialects/index.ts';
import type { ListShape } from './routes.ts';

interface ListWriter {
  readonly dialect: Dialect;
  /** Has its shape words for lengths and abilities? */
  readonly tellsFacts: boolean;
  readonly list: (models: readonly ListedModel[]) => unknown;
  readonly one: (model: ListedModel) => unknown;
}

const openAi: ListWriter = { dialect: openAiChat, tellsFacts: false, list: encodeOpenAiModels, one: encodeOpenAiModel };
const anthropic: ListWriter = {
  dialect: anthropicMessages,
  tellsFacts: false,
  list: encodeAnthropicModels,
  one: encodeAnthropicModel,
};
const google: ListWriter = { dialect: gemini, tellsFacts: true, list: encodeGeminiModels, one: encodeGeminiModel };
const local: ListWriter = { dialect: ollama, tellsFacts: true, list: encodeTags, one: encodeOpenAiModel };

/** `GET /v1/models` is asked by three dialects: their headers tell them apart. */
export function listWriter(shape: ListShape, headers: IncomingHttpHeaders): ListWriter {
  if (shape === 'gemini') return google;
  if (shape === 'ollama') return local;
  if (headers['anthropic-version'] !== undefined) return anthropic;
  return headers['x-goog-api-key'] === undefined ? openAi : google;
}

/** The dialect in which a request is refused before anybody has read it: by its path, and where that is shared by its headers. */
export function dialectOfPath(path: string, headers: IncomingHttpHeaders): Dialect {
  if (path.startsWith('/v1/messages')) return anthropicMessages;
  if (path.startsWith('/api/')) return ollama;
  if (/^\/v1(?:beta|alpha)\/|^\/v1\/models\/.*:/.test(path)) return gemini;
  return path.startsWith('/v1/models') ? listWriter('asked', headers).dialect : openAiChat;
}

/** The model of this name: as the list has it, or by its bare id as in a request; under the name that was asked for. */
export function findListed(models: readonly ListedModel[], id: string): ListedModel | null {
  const found = models.find((one) => one.id === id) ?? models.find((one) => one.id === `${one.ownedBy}/${id}`);
  return found ? { ...found, id } : null;
}
