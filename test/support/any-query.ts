/** Any request and any query for it: from few values, so that many fit. */
import fc from 'fast-check';
import { requestStateSchema } from '../../gateway/contract/records.ts';
import { quoteValue } from '../../gateway/contract/requests/query.ts';
import { formatRequestId } from '../../gateway/contract/request-id.ts';

/** What of a row a query can ask for. */
export interface QueriedRow {
  readonly key: number;
  readonly state: string;
  readonly startedAtMs: number;
  readonly clientId: string | null;
  readonly dialect: string;
  readonly requestedModel: string;
  readonly provider: string | null;
  readonly model: string | null;
  readonly status: number | null;
  readonly ruleName: string | null;
  readonly task: string | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly costNanoUsd: number | null;
  readonly durationMs: number | null;
  readonly firstTokenMs: number | null;
  readonly errorKind: string | null;
  readonly errorMessage: string | null;
}

export const queriedFromMs = Date.UTC(2026, 10, 20);
const texts = ['a', 'A%', 'a_b', 'AXB', 'AB', 'ab', 'ä', 'Ä*', 'a "b" \\', '%', 'lab', "x' OR 1"] as const;
const text = fc.constantFrom(...texts);
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null, freq: 3 });
const moment = fc.integer({ min: 0, max: 40 }).map((minutes) => queriedFromMs + minutes * 60_000);

const anyRow = fc.record({
  state: fc.constantFrom(...requestStateSchema.options),
  startedAtMs: moment,
  clientId: maybe(fc.constantFrom('c1', 'c2', 'gone')),
  dialect: text,
  requestedModel: text,
  provider: maybe(text),
  model: maybe(text),
  status: maybe(fc.constantFrom(200, 400, 429, 503)),
  ruleName: maybe(text),
  task: maybe(text),
  inputTokens: maybe(fc.integer({ min: 0, max: 3 })),
  outputTokens: maybe(fc.integer({ min: 0, max: 3 })),
  costNanoUsd: maybe(fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom(10_000_000, 123_456_789_012_345))),
  durationMs: maybe(fc.constantFrom(0, 1.5, 2, 2_000)),
  firstTokenMs: maybe(fc.constantFrom(0, 1.5, 2)),
  errorKind: maybe(text),
  errorMessage: maybe(text),
});

/** Rows whose keys grow with their times, as they do while no clock is set back. */
export const anyRows: fc.Arbitrary<QueriedRow[]> = fc
  .array(anyRow, { maxLength: 25 })
  .map((rows) =>
    rows
      .toSorted((one, other) => one.startedAtMs - other.startedAtMs)
      .map((row, place) => ({ ...row, key: row.startedAtMs * 4_096 + place })),
  );

const pattern = fc.oneof(
  { weight: 3, arbitrary: text },
  fc.tuple(text, text).map(([one, other]) => `${one}*${other}`),
  text.map((one) => `*${one}`),
  fc.constant('*'),
);
const values = fc.array(pattern, { minLength: 1, maxLength: 2 }).map((all) => all.map(quoteValue).join(','));
const comparison = fc.constantFrom('', '>', '>=', '<', '<=', '=');

const named = fc
  .tuple(fc.constantFrom('model', 'provider', 'client', 'rule', 'task', 'dialect'), values)
  .map((parts) => parts.join(':'));

const part = fc.oneof(
  { weight: 5, arbitrary: named },
  fc.constantFrom('client:c1', 'client:C*', 'client:"laptop agent"', 'client:*AGENT'),
  fc.constantFrom('ok', 'running', 'failed', 'refused,left', '429', '4xx,ok').map((value) => `status:${value}`),
  fc.tuple(comparison, fc.constantFrom('0', '0.000000001', '0.01', '$123456.789012345')).map((parts) => `cost:${parts.join('')}`),
  fc.tuple(comparison, fc.integer({ min: 0, max: 6 })).map((parts) => `tokens:${parts.join('')}`),
  fc
    .tuple(fc.constantFrom('duration', 'first'), comparison, fc.constantFrom('0s', '1.5ms', '2s'))
    .map(([field, sign, value]) => `${field}:${sign}${value}`),
  fc.tuple(fc.constantFrom('since', 'before'), moment).map(([field, atMs]) => `${field}:${new Date(atMs).toISOString()}`),
  text.map((words) => `"${words.replaceAll(/["\\]/g, String.raw`\$&`)}"`),
  moment.map((atMs) => formatRequestId(atMs * 4_096)),
);

export const anyQuery: fc.Arbitrary<string> = fc
  .array(
    fc.tuple(fc.boolean(), part).map(([negated, one]) => (negated ? `-${one}` : one)),
    { maxLength: 3 },
  )
  .map((parts) => parts.join(' '));
