/** What the matrix says and hears, in no dialect's words: a program's question, a model's answer, what each side made of it. */

export interface SaidCall {
  readonly id: string;
  readonly name: string;
  readonly args: unknown;
}

export interface SaidResult {
  readonly id: string;
  readonly name: string;
  readonly text: string;
}

/** A file in base64, or at an address. */
export interface SaidFile {
  readonly mediaType: string;
  readonly data?: string;
  readonly url?: string;
}

export type Turn =
  | { readonly role: 'user'; readonly text: string; readonly file?: SaidFile }
  | { readonly role: 'assistant'; readonly text?: string; readonly calls?: readonly SaidCall[]; readonly native?: unknown }
  | { readonly role: 'tool'; readonly results: readonly SaidResult[] };

export interface SaidTool {
  readonly name: string;
  readonly description: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

/** What a program asks of a model. */
export interface Ask {
  readonly stream: boolean;
  readonly turns: readonly Turn[];
  readonly system?: string;
  readonly tools?: readonly SaidTool[];
  /** Of the answer. */
  readonly schema?: Readonly<Record<string, unknown>>;
  readonly maxTokens?: number;
  readonly think?: boolean;
  /** What follows the gap. */
  readonly suffix?: string;
  readonly strict?: boolean;
}

/** What a model answers. */
export interface Written {
  readonly text?: string;
  readonly reasoning?: string;
  /** The maker's own seal: on the reasoning, or, for Gemini, on the first call. */
  readonly seal?: string;
  readonly refusal?: string;
  readonly calls?: readonly SaidCall[];
  readonly finish: 'stop' | 'length' | 'tool-calls' | 'content-filter';
}

/** What the official SDK hands to its program. */
export interface Seen {
  readonly text: string;
  readonly reasoning: string;
  readonly refusal: string;
  readonly calls: readonly SaidCall[];
  readonly finish: string;
  readonly usage: { readonly input: number; readonly output: number };
  /** The answer as the SDK's next request says it again. */
  readonly native: unknown;
}

export interface HeardTurn {
  readonly role: 'user' | 'assistant' | 'tool';
  readonly text: string;
  readonly files: readonly SaidFile[];
  readonly calls: readonly { readonly id: string | null; readonly name: string; readonly args: unknown }[];
  readonly results: readonly { readonly id: string | null; readonly name: string | null; readonly text: string }[];
  readonly seals: readonly string[];
}

/** What an upstream was asked, in its own words. */
export interface Heard {
  readonly model: string;
  readonly stream: boolean;
  readonly system: string;
  readonly turns: readonly HeardTurn[];
  readonly tools: readonly { readonly name: string; readonly schema: unknown }[];
  readonly schema: unknown;
  readonly maxTokens: unknown;
  readonly thinks: boolean;
  /** What follows the gap; only where an endpoint fills gaps. */
  readonly suffix?: unknown;
}

/** An upstream that speaks one dialect as its real servers do. */
export interface Speaker {
  readonly dialect: 'openai-chat' | 'openai-responses' | 'anthropic-messages' | 'gemini' | 'ollama';
  readonly streamType: string;
  /** The same server's other endpoint, by the end of its path. */
  readonly other?: { readonly path: string; readonly speaker: Speaker };
  whole(written: Written): unknown;
  /** The frames of a stream, each in its framing. */
  stream(written: Written): readonly string[];
  error(status: number, words: string): unknown;
  /** An error inside a stream that has begun. */
  errorFrame(words: string): string;
  hear(target: string, body: unknown): Heard;
}

/** Every upstream counts so: 21 in (8 of them cached), 13 out (5 of them thoughts). */
export const counted = { input: 21, cached: 8, output: 13, reasoning: 5 } as const;

export const created = 1_763_600_000;

/** Pieces of at most `length` characters, as models cut their words; never inside a character. */
export function cut(text: string, length = 7): readonly string[] {
  const characters = [...text];
  const pieces: string[] = [];
  for (let at = 0; at < characters.length; at += length) pieces.push(characters.slice(at, at + length).join(''));
  return pieces;
}

export const noTurn = { text: '', files: [], calls: [], results: [], seals: [] } as const;

/** `data:image/png;base64,…` taken apart; an address stays one. */
export function readDataUrl(url: string): SaidFile {
  const [, mediaType, data] = /^data:([^;,]+);base64,(.*)$/s.exec(url) ?? [];
  return mediaType !== undefined && data !== undefined ? { mediaType, data } : { mediaType: '', url };
}

/** Who answers at this path of a server. */
export function speakerAt(speaker: Speaker, target: string): Speaker {
  return speaker.other && target.endsWith(speaker.other.path) ? speaker.other.speaker : speaker;
}
