/** Holds the address of a filtered list to its meaning. */
import { expect, test } from 'vitest';
import { requestStateSchema } from '../../../../../gateway/contract/records.ts';
import { readFilter, stateChoices } from '../../../../../renderer/screens/requests/request-filter.ts';

test.each([
  ['', {}],
  ['state=ok,rejected', { state: ['ok', 'rejected'] }],
  ['state=nonsense&provider=', {}],
  ['state=toString,ok', { state: ['ok'] }],
  ['provider=lab&model=qwen3%3A8b&client=client_1&request=req_1', { provider: 'lab', model: 'qwen3:8b', clientId: 'client_1' }],
])('the address ?%s asks for %o', (query, filter) => {
  expect(readFilter(new URLSearchParams(query))).toEqual(filter);
});

test('every state that a request can have can be filtered for', () => {
  expect([...stateChoices].sort()).toEqual([...requestStateSchema.options].sort());
});
