/** Holds the form for a new provider to what it asks for and what it sends. */
import { describe, expect, test } from 'vitest';
import {
  emptyKey,
  missingParts,
  newProvider,
  type ProviderDraft,
} from '../../../../../renderer/screens/providers/provider-form.ts';

const draft: ProviderDraft = { kind: 'openai', id: 'openai', baseUrl: '', key: emptyKey };
const pasted = { ...emptyKey, secret: ' sk-1 ' };

describe('the form', () => {
  test.each([
    ['a key where the service answers only with one', draft, ['keys']],
    ['nothing when it has one', { ...draft, key: pasted }, []],
    ['the address of a server of one’s own', { ...draft, kind: 'openai-compatible', key: pasted }, ['baseUrl']],
    ['no key for a server of one’s own', { ...draft, kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:1/v1' }, []],
    ['only a name for the demo', { ...draft, kind: 'demo', id: ' ' }, ['id']],
  ] as const)('asks for %s', (_what, given, fields) => {
    expect(Object.keys(missingParts(given))).toEqual(fields);
  });

  test('sends what was typed without the spaces around it', () => {
    expect(newProvider({ ...draft, id: ' lab ', baseUrl: ' http://h/v1 ', key: pasted })).toEqual({
      id: 'lab',
      kind: 'openai',
      baseUrl: 'http://h/v1',
      key: { kind: 'secret', value: 'sk-1' },
    });
  });

  test('sends a variable’s name instead of a key, never both', () => {
    const key = { from: 'env', secret: 'sk-typed-before', name: 'OPENAI_API_KEY' } as const;
    expect(newProvider({ ...draft, key }).key).toEqual({ kind: 'env', name: 'OPENAI_API_KEY' });
  });

  test('sends neither key nor address for the demo, even when they were typed before', () => {
    expect(newProvider({ ...draft, kind: 'demo', baseUrl: 'http://h', key: pasted })).toMatchObject({ baseUrl: null, key: null });
  });
});
