/** The wire formats a provider may speak, by API family: the name is the endpoint family's, not its vendor's. */

/**
 * `gemini` holds generation and embeddings; `ollama` its native chat, generate and embed paths. The others are one endpoint
 * each. New names go to the end: what decisions were made from is kept with a name's place.
 */
export const dialectNames = [
  'openai-chat',
  'openai-responses',
  'openai-completions',
  'openai-embeddings',
  'anthropic-messages',
  'gemini',
  'ollama',
] as const;
export type DialectName = (typeof dialectNames)[number];

/** What a provider may offer beside chat and embeddings, each by its path. Bodies go there and come back as they are. */
export const endpointNames = [
  'images/generations',
  'images/edits',
  'images/variations',
  'audio/speech',
  'audio/transcriptions',
  'audio/translations',
  'moderations',
  'rerank',
] as const;
export type EndpointName = (typeof endpointNames)[number];
