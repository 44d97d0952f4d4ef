/** The one inner language, asking side: what any client wants of any model, whatever wire format it came in. */
import type { Seal } from './seal.ts';

export type ChatRole = 'system' | 'developer' | 'user' | 'assistant' | 'tool';

/** Where a picture, a sound or a file is: at an address, here, or kept by one provider under an id. */
export type MediaSource =
  | { readonly type: 'url'; readonly url: string; readonly mediaType: string | null }
  | { readonly type: 'base64'; readonly mediaType: string; readonly data: string }
  | { readonly type: 'file-id'; readonly id: string };

/** A client's wish that the provider caches the prompt up to here; Anthropic's `cache_control`. */
export interface CacheMark {
  readonly ttl: '5m' | '1h' | null;
}

interface Markable {
  readonly cache?: CacheMark;
}

export interface TextPart extends Markable {
  readonly type: 'text';
  readonly text: string;
  /** Gemini seals text, too. */
  readonly seal?: Seal;
}

export interface ImagePart extends Markable {
  readonly type: 'image';
  readonly source: MediaSource;
  readonly detail?: 'auto' | 'low' | 'high';
}

/** A sound, a film or a document. */
export interface FilePart extends Markable {
  readonly type: 'audio' | 'video' | 'file';
  readonly source: MediaSource;
  readonly name?: string;
}

/** On an assistant message: that it refused, and in which words. */
export interface RefusalPart {
  readonly type: 'refusal';
  readonly text: string;
}

/** On an assistant message: what the model thought. */
export interface ReasoningPart {
  readonly type: 'reasoning';
  /** Empty where the provider shows none of it. */
  readonly text: string;
  readonly seal: Seal | null;
  /** The provider hid it: the seal is all there is. */
  readonly redacted: boolean;
}

/** On an assistant message. */
export interface ToolCallPart extends Markable {
  readonly type: 'tool-call';
  readonly id: string;
  readonly name: string;
  readonly namespace?: string;
  /** `custom`: a tool that takes free text; `input` is that text. */
  readonly kind: 'function' | 'custom';
  /** JSON text, exactly as the model wrote it (it may be partial or wrong); for a custom tool its free text. */
  readonly input: string;
  readonly seal?: Seal;
}

/** On a `tool` message: what a call came to. */
export interface ToolResultPart extends Markable {
  readonly type: 'tool-result';
  readonly callId: string;
  /** Where the dialect names the tool here, or names it alone. */
  readonly name: string | null;
  readonly content: readonly ContentPart[];
  readonly isError: boolean;
}

/** Something of one dialect that has no word here (a provider's own search result …): it survives in that dialect alone. */
export interface NativePart {
  readonly type: 'native';
  readonly dialect: string;
  /** Its type there, for the ledger. */
  readonly name: string;
  readonly json: unknown;
}

export type ContentPart =
  | TextPart
  | ImagePart
  | FilePart
  | RefusalPart
  | ReasoningPart
  | ToolCallPart
  | ToolResultPart
  | NativePart;

/** Tool results stand in messages of role `tool`, in order, whatever role their dialect gives them. */
export interface ChatMessage {
  readonly role: ChatRole;
  readonly parts: readonly ContentPart[];
  /** The participant's name. */
  readonly name?: string;
}

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface FunctionTool extends Markable {
  readonly kind: 'function';
  readonly name: string;
  /** Responses groups tools; a dialect without groups sees `namespace__name`. */
  readonly namespace?: string;
  readonly description: string | null;
  /** JSON schema of its arguments, as the client wrote it. */
  readonly parameters: JsonSchema;
  readonly strict?: boolean;
}

/** A tool that takes free text. */
export interface CustomTool extends Markable {
  readonly kind: 'custom';
  readonly name: string;
  readonly namespace?: string;
  readonly description: string | null;
  /** The grammar its text follows; absent for any text. */
  readonly grammar?: { readonly syntax: 'lark' | 'regex'; readonly definition: string };
}

/** A tool that the provider itself runs (its web search, its code runner); it means something in its dialect alone. */
export interface NativeTool {
  readonly kind: 'native';
  readonly dialect: string;
  /** Its type there. */
  readonly name: string;
  readonly json: unknown;
}

export type ToolDefinition = FunctionTool | CustomTool | NativeTool;

export type ToolChoice =
  | { readonly type: 'auto' | 'none' | 'required' }
  | { readonly type: 'tool'; readonly name: string; readonly namespace?: string }
  /** Only these of the offered, freely (`auto`) or at least one of them. */
  | { readonly type: 'allowed'; readonly mode: 'auto' | 'required'; readonly names: readonly string[] };

export type ResponseFormat =
  | { readonly type: 'text' | 'json' }
  | {
      readonly type: 'json-schema';
      readonly schema: JsonSchema;
      readonly name?: string;
      readonly description?: string;
      readonly strict?: boolean;
    };

/** How hard the model shall think. */
export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';

export interface ReasoningWish {
  readonly effort?: ReasoningEffort;
  /** At most so many tokens of thought; -1 leaves it to the model (Gemini), 0 is none. */
  readonly budgetTokens?: number;
  /** Shall thoughts be shown? Absent: as the provider does by itself. */
  readonly show?: boolean;
}

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice;
  readonly parallelToolCalls?: boolean;
  readonly responseFormat: ResponseFormat;
  readonly maxOutputTokens: number | null;
  readonly stream: boolean;
  /** Did the client ask for usage in its stream? */
  readonly streamUsage: boolean;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly minP?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  readonly repeatPenalty?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
  /** How many answers; absent is one. */
  readonly choices?: number;
  /** Probabilities of each token, and of so many others in its place. */
  readonly logprobs?: { readonly top: number };
  readonly logitBias?: Readonly<Record<string, number>>;
  readonly reasoning?: ReasoningWish;
  readonly verbosity?: 'low' | 'medium' | 'high';
  readonly serviceTier?: string;
  /** Who is behind the client, for the provider's abuse checks. */
  readonly endUser?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly promptCacheKey?: string;
  /** What follows the gap to be filled (fill-in-the-middle); without it the request means something else. */
  readonly suffix?: string;
  /**
   * What the client wrote that has no word here, by its own path (`safety_settings`, `messages.2.content.0.foo`): a translation
   * drops it and says so. Values are not kept: nobody could send them.
   */
  readonly unread: readonly string[];
  /** What the client's own dialect repeats in its answers, in that dialect's words; no other dialect reads it. */
  readonly echo?: Readonly<Record<string, unknown>>;
}

/** The text of a message's text parts, joined. */
export function textOf(parts: readonly ContentPart[]): string {
  let text = '';
  for (const part of parts) if (part.type === 'text') text += part.text;
  return text;
}
