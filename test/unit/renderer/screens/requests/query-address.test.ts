/** Holds edits of the query in the address to their meaning. */
import { expect, test } from 'vitest';
import {
  partsOf,
  queryText,
  toAddress,
  withField,
  withPart,
  withSpan,
} from '../../../../../renderer/screens/requests/query-address.ts';

test('a query in the address is read, and one that cannot be read has no parts', () => {
  const query = queryText(new URLSearchParams('q=status%3Aok+model%3A%22a+b%22&request=req_1'));
  expect(partsOf(query)).toEqual(['status:ok', 'model:"a b"']);
  expect(partsOf('nonsense:1')).toEqual([]);
  expect([toAddress([]), toAddress(['a', 'b'])]).toEqual([{ q: null }, { q: 'a b' }]);
});

test('a part stands once, and a field said anew takes the place of the old one, quoted where it must be', () => {
  expect(withPart(['a'], 'a')).toEqual(['a']);
  expect(withField('Model:x status:ok -model:y', 'model', 'a b')).toEqual(['status:ok', '-model:y', 'model:"a b"']);
});

test('a span of time takes the place of every other, without losing a second', () => {
  const atMs = Date.UTC(2026, 10, 20, 14, 30);
  expect(withSpan(['since:2h', '-before:1d', 'status:ok'], atMs, atMs + 1_500)).toEqual([
    'status:ok',
    'since:2026-11-20T14:30Z',
    'before:2026-11-20T14:30:01.500Z',
  ]);
});
