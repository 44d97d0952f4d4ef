/** Holds the edits of a config document to what a person expects: only the one provider changes, and nothing else is touched. */
import { describe, expect, test } from 'vitest';
import { configSchema } from '../../../../gateway/contract/config.ts';
import {
  addProvider,
  changeProvider,
  freeProviderId,
  freeSecretName,
  providerField,
  removeProvider,
} from '../../../../renderer/stores/edit-providers.ts';

const running = configSchema.parse({ version: 1 }).providers;
const demo = { id: 'demo', kind: 'demo' };
const lab = { id: 'lab', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:8000/v1', keys: ['vault:lab-1'] };
const document = { version: 1, aliases: { fast: { targets: ['lab/a'] } }, providers: [demo, lab] };

describe('an edit of the config', () => {
  test('adds a provider behind the others and keeps every other setting', () => {
    const added = { id: 'openai', kind: 'openai' };
    expect(addProvider(document, running, added)).toEqual({ ...document, providers: [demo, lab, added] });
  });

  test('writes down the providers that run by default before adding to them', () => {
    expect(addProvider({ version: 1 }, running, lab).providers).toEqual([...running, lab]);
  });

  test('changes one provider and leaves out what is set back to its default', () => {
    const changed = changeProvider(document, running, 'lab', { enabled: false, keys: undefined });
    expect(changed.providers).toEqual([
      demo,
      { id: 'lab', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:8000/v1', enabled: false },
    ]);
    expect(document.providers[1]).toEqual(lab);
  });

  test('removes one provider', () => {
    expect(removeProvider(document, running, 'lab').providers).toEqual([demo]);
  });
});

test('a new key or provider never takes a name that is in use', () => {
  expect(freeSecretName('lab', [])).toBe('lab-1');
  expect(freeSecretName('lab', ['lab-1', 'lab-2', 'other-3'])).toBe('lab-3');
  expect(freeProviderId('openai', ['demo'])).toBe('openai');
  expect(freeProviderId('openai', ['openai', 'openai-2'])).toBe('openai-3');
});

test.each([
  ['providers.3.baseUrl', 'baseUrl'],
  ['providers.0.keys.1', 'keys'],
  ['listen.port', null],
  [undefined, null],
])('the gateway’s word about %s is shown at the field %s', (path, field) => {
  expect(providerField(path)).toBe(field);
});
