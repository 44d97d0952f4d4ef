/** A request to be tried, as a person types it, and the question that it makes. Pure. */
import { type DialectName, dialectNames } from '../../../gateway/contract/dialect-names.ts';
import type { Question } from '../../stores/explain.ts';
import { isObject, type JsonObject } from '../../stores/json-value.ts';

export interface TrialDraft {
  readonly door: DialectName;
  readonly model: string;
  readonly message: string;
  /** Null while the request is made from model and message. */
  readonly body: string | null;
  /** A client key's name; empty for none. */
  readonly client: string;
  /** One header a line: `x-gatehouse-task: code`. */
  readonly headers: string;
}

export const emptyTrial: TrialDraft = {
  door: 'openai-chat',
  model: '',
  message: 'Hello',
  body: null,
  client: '',
  headers: '',
};

export function isDoor(text: string): text is DialectName {
  return dialectNames.some((name) => name === text);
}

/** The body that such a program would send. */
export function bodyOf({ door, model, message }: Pick<TrialDraft, 'door' | 'model' | 'message'>): JsonObject & { model: string } {
  const messages = [{ role: 'user', content: message }];
  switch (door) {
    case 'openai-responses':
    case 'openai-embeddings':
      return { model, input: message };
    case 'openai-completions':
      return { model, prompt: message };
    case 'anthropic-messages':
      return { model, max_tokens: 1_024, messages };
    case 'gemini':
      return { model, contents: [{ role: 'user', parts: [{ text: message }] }] };
    case 'openai-chat':
    case 'ollama':
      return { model, messages };
  }
}

export type TrialResult =
  | { readonly ok: true; readonly question: Question }
  | { readonly ok: false; readonly field: 'model' | 'body' | 'headers'; readonly message: string };

const wrong = (field: 'model' | 'body' | 'headers', message: string): TrialResult => ({ ok: false, field, message });

export function questionOf(draft: TrialDraft): TrialResult {
  const headers = readHeaders(draft.headers);
  if (headers === null) return wrong('headers', 'Write one header a line, as name: value.');
  const around = {
    dialect: draft.door,
    ...(draft.client === '' ? {} : { client: draft.client }),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
  };
  if (draft.body === null) {
    const model = draft.model.trim();
    if (model === '') return wrong('model', 'Say which model it asks for.');
    return { ok: true, question: { request: bodyOf({ ...draft, model }), ...around } };
  }
  const body = readBody(draft.body);
  if (body === null) return wrong('body', 'This is not a JSON object: paste the whole body, from { to }.');
  const model = typeof body.model === 'string' && body.model !== '' ? body.model : draft.model.trim();
  if (model === '') return wrong('model', 'The body names no model: say here which one is asked for.');
  return { ok: true, question: { request: { ...body, model }, ...around } };
}

function readBody(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Names in lower case, as the gateway knows them; null for a line that is no header. */
export function readHeaders(text: string): Readonly<Record<string, string>> | null {
  const headers: Record<string, string> = {};
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const [, name, value] = /^\s*([\w-]+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) return null;
    headers[name.toLowerCase()] = value;
  }
  return headers;
}
