/**
 * The one inner language, answering side. A response, streamed or whole, is its events: one `start`, then content in the order
 * the model wrote it, then one `finish` for each choice. `usage` may come at any place and more than once: the last is whole.
 */
import type { Seal } from './seal.ts';
import type { Usage } from './usage.ts';

export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'error';

/** Where a passage comes from. `start` and `end` count characters of the answer's text. */
export interface Citation {
  readonly url: string | null;
  readonly title: string | null;
  /** The words that are cited. */
  readonly quote: string | null;
  readonly start: number | null;
  readonly end: number | null;
}

export interface TokenLogprob {
  readonly token: string;
  /** Natural logarithm. */
  readonly logprob: number;
  readonly top: readonly { readonly token: string; readonly logprob: number }[];
}

/** Which of several answers it belongs to; absent is the first. */
interface OfChoice {
  readonly choice?: number;
}

export type ChatEvent =
  | {
      readonly type: 'start';
      readonly id: string;
      readonly model: string;
      readonly createdAtSeconds: number;
      /** The tier the provider served it with. */
      readonly serviceTier?: string;
    }
  | ({ readonly type: 'text'; readonly text: string } & OfChoice)
  | ({ readonly type: 'refusal'; readonly text: string } & OfChoice)
  | ({ readonly type: 'reasoning'; readonly text: string } & OfChoice)
  /** A passage of reasoning is over, with its seal; without text before it, all of it was hidden (`redacted`) or not shown. */
  | ({ readonly type: 'reasoning-end'; readonly seal: Seal | null; readonly redacted: boolean } & OfChoice)
  /** Seals the text before it (Gemini). */
  | ({ readonly type: 'text-seal'; readonly seal: Seal } & OfChoice)
  | ToolStartEvent
  /** A piece of the input: JSON text, or a custom tool's free text. Calls may be interleaved. */
  | ({ readonly type: 'tool-input'; readonly index: number; readonly text: string } & OfChoice)
  /** The call is complete; providers that do not say so leave it out, and the finish ends every call. */
  | ({ readonly type: 'tool-end'; readonly index: number } & OfChoice)
  | ({ readonly type: 'citation'; readonly citation: Citation } & OfChoice)
  | ({ readonly type: 'logprobs'; readonly tokens: readonly TokenLogprob[] } & OfChoice)
  /** A picture or sound that the model made, in base64. */
  | ({ readonly type: 'media'; readonly mediaType: string; readonly data: string } & OfChoice)
  /** Something of one dialect that has no word here; a translation drops it and says so. */
  | { readonly type: 'native'; readonly dialect: string; readonly name: string }
  /** `raw` is the provider's own object. */
  | { readonly type: 'usage'; readonly usage: Usage; readonly raw: unknown }
  | ({ readonly type: 'finish'; readonly reason: FinishReason; readonly stopSequence?: string } & OfChoice);

export type ToolStartEvent = {
  readonly type: 'tool-start';
  /** Counts the calls of one choice from 0. */
  readonly index: number;
  readonly id: string;
  readonly name: string;
  readonly namespace?: string;
  readonly kind: 'function' | 'custom';
  readonly seal?: Seal;
} & OfChoice;
