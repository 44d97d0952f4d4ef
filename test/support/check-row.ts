/** What the log must say of a request that was answered well, whichever client asked. */
import { expect } from 'vitest';
import type { RequestDetail } from '../../gateway/contract/records.ts';
import { labEmbeddingUsage, labUsage } from './lab.ts';

export interface AnsweredRequest {
  /** As the client named it: `provider/model`. */
  readonly model: string;
  readonly stream: boolean;
  readonly dialect?: 'openai-chat' | 'openai-completions' | 'openai-embeddings';
}

/** State, target, tokens, timing and attempts of an answered request's row. */
export function expectAnsweredRow(row: RequestDetail, { model, stream, dialect = 'openai-chat' }: AnsweredRequest): void {
  const [provider = '', ...rest] = model.split('/');
  const target = { provider, model: rest.join('/') };
  expect(row).toMatchObject({ ...target, state: 'ok', status: 200, attempts: 1, requestedModel: model, stream, dialect });
  expect(row).toMatchObject({ clientName: 'test', errorKind: null, errorMessage: null, costUsd: 0, costBasis: 'free' });
  expectUsage(row, provider === 'lab', dialect === 'openai-embeddings');
  expect(row.attemptList).toMatchObject([{ ...target, number: 1, status: 200, errorKind: null, errorMessage: null }]);
  expectTiming(row);
  expect(row.requestBytes).toBeGreaterThan(20);
  expect(row.responseBytes).toBeGreaterThan(20);
}

/** The provider's own count, never an estimate. What the demo counts depends on the words, so that only its kind is known. */
function expectUsage(row: RequestDetail, isLab: boolean, isEmbedding: boolean): void {
  expect(row.rawUsageJson).toContain('prompt_tokens');
  if (isLab) {
    expect(row.usage).toEqual(isEmbedding ? labEmbeddingUsage : labUsage);
    return;
  }
  expect(row.usage.estimated).toBe(false);
  expect(row.usage.inputTokens).toBeGreaterThan(0);
  if (!isEmbedding) expect(row.usage.outputTokens).toBeGreaterThan(0);
}

function expectTiming({ startedAtMs, durationMs, firstTokenMs, stream, attemptList }: RequestDetail): void {
  const duration = durationMs ?? Number.NaN;
  expect(Math.abs(Date.now() - startedAtMs)).toBeLessThan(60_000);
  expect(duration).toBeGreaterThan(0);
  expect(attemptList[0]?.durationMs).toBeLessThanOrEqual(duration);
  if (!stream) {
    expect(firstTokenMs).toBeNull();
    return;
  }
  expect(firstTokenMs).toBeGreaterThan(0);
  expect(firstTokenMs).toBeLessThanOrEqual(duration);
}
