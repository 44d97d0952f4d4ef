/** Both halves of a row, and who waits for the first. */
import { beforeEach, expect, test } from 'vitest';
import type { GatewayError } from '../../../gateway/chat/error.ts';
import type { Acknowledge, RequestFinish, RequestRecorder, RequestStart } from '../../../gateway/contract/records.ts';
import { ExchangeRow } from '../../../gateway/exchange/exchange-row.ts';

const start: RequestStart = {
  key: 1,
  startedAtMs: 1,
  clientId: null,
  dialect: 'openai-chat',
  requestedModel: 'm',
  stream: true,
  requestBytes: 1,
  configVersion: 1,
};
const finish = {} as RequestFinish;

let did: string[] = [];
let commit: Acknowledge = () => undefined;
beforeEach(() => void (did = []));

const recorder = {
  start(row: RequestStart, acknowledge: Acknowledge) {
    did.push(`start ${row.requestedModel}`);
    commit = acknowledge;
    return { start: row };
  },
  finish: () => void did.push('finish'),
  reject: (row: RequestStart) => void did.push(`reject ${row.requestedModel}`),
  flush: () => void did.push('flush'),
} as unknown as RequestRecorder;

const failed = (error: GatewayError): void => void did.push(`failed ${error.kind}`);

test('whoever waits for the first half is told once it is committed, in order, and hurries it', () => {
  const row = new ExchangeRow(recorder, start, 'editor');
  row.begin(failed);
  row.whenStarted(() => void did.push('one'));
  row.whenStarted(() => void did.push('two'));
  expect(did).toEqual(['start m', 'flush', 'flush']);
  commit(null);
  row.whenStarted(() => void did.push('three'));
  expect(did.slice(3)).toEqual(['one', 'two', 'three']);
});

test('a first half that cannot be written fails the exchange, and nobody who waits goes on', () => {
  const row = new ExchangeRow(recorder, start, 'editor');
  row.begin(failed);
  row.whenStarted(() => void did.push('one'));
  commit(new Error('disk full'));
  expect(did).toEqual(['start m', 'flush', 'failed ledger-unavailable']);
});

test('the second half follows the first', () => {
  const row = new ExchangeRow(recorder, start, 'editor');
  row.begin(failed);
  row.finish(finish, () => undefined);
  expect(did).toEqual(['start m', 'finish']);
});

test('both are written at once, as last known, when it ends before anyone was asked', () => {
  const row = new ExchangeRow(recorder, start, 'editor');
  row.start = { ...start, requestedModel: 'later' };
  row.finish(finish, () => undefined);
  expect(did).toEqual(['reject later']);
});
