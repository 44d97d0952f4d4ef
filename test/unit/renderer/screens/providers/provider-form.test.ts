/** Holds the form for a new provider to what it asks for and what it sends. */
import { describe, expect, test } from 'vitest';
import { isProviderKind } from '../../../../../gateway/contract/provider-kinds.ts';
import {
  emptyKey,
  missingParts,
  newProvider,
  type ProviderDraft,
  suggestedId,
} from '../../../../../renderer/screens/providers/provider-form.ts';

const draft: ProviderDraft = { kind: 'openai', id: 'openai', baseUrl: '', apiVersion: '', models: '', key: emptyKey };
const pasted = { ...emptyKey, secret: ' sk-1 ' };

describe('the form', () => {
  test.each([
    ['a key where the service answers only with one', draft, ['keys']],
    ['nothing when it has one', { ...draft, key: pasted }, []],
    ['the address of a server of one’s own', { ...draft, kind: 'openai-compatible', key: pasted }, ['baseUrl']],
    ['no key for a server of one’s own', { ...draft, kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:1/v1' }, []],
    ['the names of deployments where no list tells them', { ...draft, kind: 'azure-openai', key: pasted }, ['baseUrl', 'models']],
    ['only a name for the demo', { ...draft, kind: 'demo', id: ' ' }, ['id']],
  ] as const)('asks for %s', (_what, given, fields) => {
    expect(Object.keys(missingParts(given))).toEqual(fields);
  });

  test('sends what was typed without the spaces around it', () => {
    expect(newProvider({ ...draft, id: ' lab ', baseUrl: ' http://h/v1 ', key: pasted })).toEqual({
      id: 'lab',
      kind: 'openai',
      baseUrl: 'http://h/v1',
      apiVersion: null,
      models: null,
      key: { kind: 'secret', value: 'sk-1' },
    });
  });

  test('sends a variable’s name instead of a key, never both', () => {
    const key = { from: 'env', secret: 'sk-typed-before', name: 'OPENAI_API_KEY' } as const;
    expect(newProvider({ ...draft, key }).key).toEqual({ kind: 'env', name: 'OPENAI_API_KEY' });
  });

  test('sends a version and names of models only for a kind that has them', () => {
    const typed = { ...draft, apiVersion: ' 2024-10-21 ', models: ' gpt, gpt,\nembed ,' };
    expect(newProvider(typed)).toMatchObject({ apiVersion: null, models: null });
    expect(newProvider({ ...typed, kind: 'azure-openai' })).toMatchObject({ apiVersion: '2024-10-21', models: ['gpt', 'embed'] });
  });

  test('suggests a name of its own for every kind', () => {
    expect(['openai', 'lm-studio', 'anthropic-compatible', 'demo'].filter(isProviderKind).map(suggestedId)).toEqual([
      'openai',
      'lm-studio',
      'local',
      'demo',
    ]);
  });

  test('sends neither key nor address for the demo, even when they were typed before', () => {
    expect(newProvider({ ...draft, kind: 'demo', baseUrl: 'http://h', key: pasted })).toMatchObject({ baseUrl: null, key: null });
  });
});
