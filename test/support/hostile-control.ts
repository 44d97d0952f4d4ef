/** A control listener whose every string, where a client or an upstream writes it, is an attack or endless. */
import type { RequestDetail, RequestItem } from '../../gateway/contract/records.ts';
import { configSchema } from '../../gateway/contract/config.ts';
import { unknownModelFacts } from '../../gateway/contract/model-facts.ts';
import { fakeHandlers, runningStatus, sampleRequest } from './fake-control.ts';

/** Runs as soon as anything takes it for markup. */
export const hostile = `<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>{{7*7}}\u202Egpj`;
export const endless = 'x'.repeat(256);

/** A failed request that says `text` wherever somebody else has the word. */
export function requestSaying(text: string, changes: Partial<RequestItem> = {}): RequestItem {
  return sampleRequest({
    state: 'upstream_error',
    status: 502,
    requestedModel: text,
    provider: text,
    model: text,
    clientId: 'client_1',
    clientName: text,
    errorKind: text,
    errorMessage: text,
    droppedFields: 2,
    ...changes,
  });
}

function detailSaying(text: string, id: string): RequestDetail {
  const attempt = {
    provider: text,
    model: text,
    startedAtMs: 1_780_000_000_000,
    status: null,
    errorKind: text,
    errorMessage: text,
  };
  return {
    ...requestSaying(text, { id }),
    attemptList: [
      { ...attempt, number: 1, durationMs: 300 },
      { ...attempt, number: 2, startedAtMs: 1_780_000_000_400, durationMs: 800 },
    ],
    rawUsageJson: JSON.stringify({ note: text }),
    requestBytes: 10,
    responseBytes: 20,
    configVersion: 3,
    fidelity: {
      from: text,
      to: text,
      kept: [text],
      emulated: [{ field: text, words: text, count: 1 }],
      dropped: [{ field: text, words: text, count: 2 }],
    },
  };
}

/** Handlers that answer with `text` in every such place. */
export function handlersSaying(text: string) {
  const effective = configSchema.parse({
    version: 1,
    providers: [{ id: 'lab', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:8000/v1', keys: ['vault:lab-1'] }],
  });
  const client = {
    id: 'client_1',
    name: text.slice(0, 100),
    prefix: 'llmgw_AbCd',
    strict: false,
    createdAtMs: 1,
    revokedAtMs: null,
    lastSeenAtMs: 2,
  };
  return fakeHandlers({
    'status.get': () => ({ ...runningStatus, dataDir: `/${text}`, problems: [{ id: 'a', message: text, fix: text }] }),
    'config.get': () => ({
      version: 3,
      document: { version: 1, providers: effective.providers },
      effective,
      overrides: [{ path: 'listen.port', value: text, source: text }],
    }),
    'secrets.list': () => ({ items: [{ name: 'lab-1', lastFour: '<b>!', savedAtMs: 1 }], keptIn: text }),
    'providers.check': () => ({ ok: false, outcome: 'failed', message: text, models: null, durationMs: 3 }),
    'providers.models': () => ({
      models: [text, `${text}2`].map((id) => ({ id, facts: unknownModelFacts })),
      source: 'provider',
      added: [text],
      removed: [`${text}3`],
      changed: [{ id: `${text}2`, before: { ...unknownModelFacts, contextTokens: 1 } }],
    }),
    'clients.list': () => ({ items: [client, { ...client, id: 'client_2', revokedAtMs: 3 }] }),
    'requests.list': () => ({
      items: [requestSaying(text, { id: 'req_00000000002' }), requestSaying(text, { id: 'req_00000000001', state: 'started' })],
      nextCursor: null,
    }),
    'requests.get': ({ id }) => detailSaying(text, id),
  });
}
