/** Requests that real providers were sent, with what they billed for reading them. */
import type { PassthroughRequest } from '../../gateway/dialects/dialect.ts';
import { type DialectName, dialects } from '../../gateway/dialects/index.ts';
import { loadRecordings } from './recordings.ts';

export interface RecordedRequest {
  readonly id: string;
  readonly dialect: DialectName;
  readonly kind: string;
  readonly model: string;
  readonly request: PassthroughRequest;
  readonly body: unknown;
  /** As the provider counted them. */
  readonly inputTokens: number;
}

const kinds: Readonly<Partial<Record<DialectName, string>>> = { 'anthropic-messages': 'anthropic', gemini: 'gemini' };

/** Those whose text the recorder kept whole: it shortened prompts of one test to a few words. */
export function recordedRequests(): readonly RecordedRequest[] {
  return [...loadRecordings()].flatMap(([dialect, recordings]) =>
    recordings.flatMap(({ id, file, request: body, expected }) => {
      if (body === undefined || body === null || !expected?.usage || file.includes('test_prompt_cache.yaml')) return [];
      const { model } = { model: 'recorded', ...(body as { readonly model?: string }) };
      const text = JSON.stringify({ model, ...(body as object) });
      const request = dialects.get(dialect)?.readRequest([Buffer.from(text)], { model, stream: false });
      return request
        ? [{ id, dialect, kind: kinds[dialect] ?? 'openai', model, request, body, inputTokens: expected.usage.input }]
        : [];
    }),
  );
}
