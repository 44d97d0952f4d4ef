/** The two halves of a request's row, with everything in them. */
import { noCost, type RequestFinish, type RequestStart } from '../../gateway/contract/records.ts';

export function startRow(key: number, change: Partial<RequestStart> = {}): RequestStart {
  return {
    key,
    startedAtMs: 1_700_000_000_000,
    clientId: null,
    dialect: 'openai-chat',
    requestedModel: 'fast',
    stream: false,
    requestBytes: 120,
    configVersion: 3,
    ...change,
  };
}

export function finishRow(key: number, change: Partial<RequestFinish> = {}): RequestFinish {
  return {
    key,
    state: 'ok',
    durationMs: 12.5,
    firstTokenMs: 3.25,
    provider: 'openai',
    model: 'gpt-5-mini',
    status: 200,
    usage: {
      inputTokens: 7,
      cachedInputTokens: null,
      cacheWriteTokens: null,
      outputTokens: 9,
      reasoningTokens: 0,
      estimated: false,
    },
    cost: noCost,
    settlement: null,
    task: null,
    rawUsageJson: '{"prompt_tokens":7}',
    responseBytes: 456,
    errorKind: null,
    errorMessage: null,
    fidelityJson: null,
    droppedFields: 0,
    rule: null,
    decisionJson: null,
    attempts: [attempt(1)],
    ...change,
  };
}

export function attempt(number: number): RequestFinish['attempts'][number] {
  return {
    number,
    provider: 'openai',
    model: 'gpt-5-mini',
    startedAtMs: 1_700_000_000_001,
    durationMs: 11,
    status: number === 1 ? 200 : 503,
    errorKind: null,
    errorMessage: null,
    cause: number === 1 ? 'first' : 'retry',
    key: 'vault:openai',
    waitedMs: number === 1 ? 0 : 250,
    headMs: 4,
    costUsd: 0,
  };
}
