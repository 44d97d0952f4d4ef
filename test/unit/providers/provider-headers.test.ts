/** The headers a provider is owed, and keys that cannot be sent. */
import { describe, expect, test } from 'vitest';
import { type ProviderKind, providerKindNames, providerKinds } from '../../../gateway/contract/provider-kinds.ts';
import { providerHeaders } from '../../../gateway/providers/provider-headers.ts';

function headers(kind: ProviderKind, key: string | null) {
  return providerHeaders({ id: kind, ...providerKinds[kind] }, key);
}

describe('provider headers', () => {
  test('carry the key as a bearer token, and the extras of the kind', () => {
    expect(headers('openai', 'sk-1')).toEqual(['authorization', 'Bearer sk-1']);
    expect(headers('openrouter', 'sk-1')).toEqual(['authorization', 'Bearer sk-1', 'x-title', 'Gatehouse']);
  });

  test.each<[ProviderKind, string, string]>([
    ['anthropic', 'x-api-key', 'k-1'],
    ['gemini', 'x-goog-api-key', 'k-1'],
    ['azure-openai', 'api-key', 'k-1'],
    ['deepseek', 'authorization', 'Bearer k-1'],
  ])('carry the key of %s in its own header %s', (kind, name, value) => {
    expect(headers(kind, 'k-1')).toEqual([name, value]);
  });

  test('are none for a server without a key and for the demo', () => {
    expect(headers('openai-compatible', null)).toEqual([]);
    expect(headers('demo', 'sk-1')).toEqual([]);
  });

  test('are refused when the key is missing where one is needed', () => {
    expect(() => headers('openai', null)).toThrow(expect.objectContaining({ kind: 'upstream-auth', provider: 'openai' }));
    expect(() => headers('openai', '')).toThrow(/has none/);
  });

  test.each(['sk-1\r\nx-evil: 1', 'sk-1\n', 'sk-\u00e4', 'sk-\u0000', 'sk-\u007f'])(
    'are refused for the key %j without showing it',
    (key) => {
      const attempt = () => headers('openai-compatible', key);
      expect(attempt).toThrow(expect.objectContaining({ kind: 'upstream-auth' }));
      expect(attempt).toThrow(/^(?!.*sk-)/s);
    },
  );

  test('of every kind can be sent, and none is taken from the client as well', () => {
    for (const kind of providerKindNames) {
      const { extraHeaders, passedHeaders, keyStyle } = providerKinds[kind];
      const own = [keyStyle, 'authorization', 'content-type', 'accept', 'accept-encoding', ...extraHeaders.map(([name]) => name)];
      expect(passedHeaders.filter((name) => own.includes(name))).toEqual([]);
      for (const [name, value] of extraHeaders) {
        expect(name).toMatch(/^[a-z-]+$/);
        expect(value).toMatch(/^[\x20-\x7e]+$/);
      }
    }
  });
});
