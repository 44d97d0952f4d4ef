/** A model as the doors list it. What nobody knows is null. */
export interface ListedModel {
  /** What a client writes as `model`; may hold slashes and colons. */
  readonly id: string;
  /** 0 where nobody knows it. */
  readonly createdAtSeconds: number;
  readonly ownedBy: string;
  readonly displayName: string | null;
  /** In tokens. */
  readonly contextLength: number | null;
  readonly maximumOutputTokens: number | null;
  readonly abilities: {
    readonly tools: boolean | null;
    readonly vision: boolean | null;
    readonly reasoning: boolean | null;
    /** It makes vectors, and nothing else. */
    readonly embeddings: boolean;
  };
}
