/** The shapes that we write: https://ai.google.dev/api/caching#Content */

export interface Part {
  readonly text?: string;
  readonly thought?: true;
  readonly thoughtSignature?: string;
  readonly inlineData?: { readonly mimeType: string; readonly data: string };
  readonly fileData?: { readonly fileUri: string; readonly mimeType?: string };
  readonly functionCall?: FunctionCall;
  readonly functionResponse?: FunctionResponse;
}

export interface FunctionCall {
  readonly id: string;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

export interface FunctionResponse {
  readonly id: string;
  readonly name: string;
  readonly response: Readonly<Record<string, unknown>>;
  readonly parts?: readonly Part[];
}

/** A turn; parts are added while it is written. */
export interface Content {
  readonly role: 'user' | 'model';
  readonly parts: Part[];
}
