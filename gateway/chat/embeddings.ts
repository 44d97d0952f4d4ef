/** Embeddings in the inner language: texts in, one vector for each out. */
import type { Usage } from './usage.ts';

/** A text, or a list of token numbers. */
export type EmbeddingInput = string | readonly number[];

export interface EmbeddingsRequest {
  readonly model: string;
  readonly inputs: readonly EmbeddingInput[];
  readonly dimensions: number | null;
  /** How the client wants its vectors written, where its dialect has a choice. */
  readonly encoding: 'float' | 'base64';
  /** What the vectors are for, in Gemini's words (`RETRIEVAL_QUERY`); null where the client does not say. */
  readonly task: string | null;
  /** Shall a text that is too long be cut? Null: as the provider does by itself. */
  readonly truncate: boolean | null;
  /** What the client wrote that has no word here, by its own path. */
  readonly unread: readonly string[];
}

export interface EmbeddingsAnswer {
  readonly model: string;
  /** One for each input, in the inputs' order. */
  readonly vectors: readonly (readonly number[])[];
  readonly usage: Usage | null;
  /** The provider's own usage object. */
  readonly rawUsage: unknown;
}
