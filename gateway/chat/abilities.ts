/** What a dialect has words for. What it has none for is emulated or dropped before its codec sees the request (`adapt/`). */
import type { ChatRequest } from './request.ts';
import type { SealMaker } from './seal.ts';

/** The fields of a request that a client may leave out, and a dialect may not have. */
export type OptionalField = Exclude<
  keyof ChatRequest,
  | 'model'
  | 'messages'
  | 'tools'
  | 'toolChoice'
  | 'responseFormat'
  | 'maxOutputTokens'
  | 'stream'
  | 'streamUsage'
  | 'unread'
  | 'echo'
>;

/** Which names a tool may have. */
export interface ToolNameRule {
  /** What may not stand in a name; it is replaced by `_`. */
  readonly forbidden: RegExp;
  /** May the first character only be a letter or `_`? */
  readonly letterFirst: boolean;
  readonly longest: number;
}

export interface Abilities {
  /** Its name: native parts and tools are its own by it. */
  readonly dialect: string;
  readonly fields: ReadonlySet<OptionalField>;
  /** What its clients call a field that the inner language calls otherwise: refusals and the log speak to them in their words. */
  readonly fieldNames?: Readonly<Record<string, string>>;
  readonly customTools: boolean;
  readonly namespaces: boolean;
  readonly toolName: ToolNameRule;
  /** `tool_choice` forms beyond auto: a dialect without `none` is offered no tools instead. */
  readonly toolChoices: ReadonlySet<'none' | 'required' | 'tool' | 'allowed'>;
  /** Structured output: by a schema, or at least as JSON. What is missing is emulated. */
  readonly jsonSchema: boolean;
  readonly jsonMode: boolean;
  readonly cacheMarks: boolean;
  /** Whose seals it carries; null for a dialect that has no place for any. */
  readonly sealMaker: SealMaker | null;
  /** Does it take thoughts back without a seal? */
  readonly unsealedReasoning: boolean;
  /** Kinds of parts in user messages and tool results beside text. What is not here is refused by name, never left out. */
  readonly media: ReadonlySet<'image' | 'audio' | 'video' | 'file'>;
  /** May a picture or file be given by its address alone? */
  readonly mediaUrls: boolean;
  /** May a tool result hold pictures or files? Else they follow it in a user message. */
  readonly mediaInResults: boolean;
}
