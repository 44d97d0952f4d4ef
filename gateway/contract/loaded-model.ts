/** What a server says of the models that it has in memory. */

export interface LoadedModel {
  readonly name: string;
  /** How many tokens it was loaded for; null where its server does not say. */
  readonly contextTokens: number | null;
  /** Bytes in all, and of them on the graphics card; null where its server does not say. */
  readonly sizeBytes: number | null;
  readonly graphicsBytes: number | null;
  /** When its server will let go of it, milliseconds since 1970; null where it does not say. */
  readonly expiresAtMs: number | null;
}

/** `silent`: it answers, but does not tell. `unknown`: it did not answer in time. */
export type LoadedList = readonly LoadedModel[] | 'silent' | 'unknown';
