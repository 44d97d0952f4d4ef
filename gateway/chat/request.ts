/** The one inner language, asking side: what any client wants of any model, whatever wire format it came in. */

export type ChatRole = 'system' | 'developer' | 'user' | 'assistant' | 'tool';

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON text, exactly as the model wrote it: it may be partial or wrong. */
  readonly argumentsJson: string;
}

export interface ChatMessage {
  readonly role: ChatRole;
  /** Text parts joined; media parts are counted, not kept. */
  readonly text: string;
  readonly mediaParts: number;
  readonly toolCalls: readonly ToolCall[];
  /** On a `tool` message: which call this answers. */
  readonly toolCallId: string | null;
}

export interface ToolDefinition {
  readonly name: string;
  readonly description: string | null;
  /** JSON schema of its arguments, as the client wrote it. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

export type ToolChoice = { readonly type: 'auto' | 'none' | 'required' } | { readonly type: 'tool'; readonly name: string };

export type ResponseFormat =
  | { readonly type: 'text' | 'json' }
  | { readonly type: 'json-schema'; readonly schema: Readonly<Record<string, unknown>> };

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice;
  readonly responseFormat: ResponseFormat;
  readonly maxOutputTokens: number | null;
  readonly stream: boolean;
  /** Did the client ask for usage in its stream? */
  readonly streamUsage: boolean;
}
