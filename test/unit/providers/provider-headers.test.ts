/** The headers a provider is owed, and keys that cannot be sent. */
import { describe, expect, test } from 'vitest';
import { type CatalogEntry, catalog } from '../../../gateway/providers/catalog.ts';
import { providerHeaders } from '../../../gateway/providers/provider-headers.ts';

function headers({ kind, keyStyle, keyRequired, extraHeaders }: CatalogEntry, key: string | null) {
  return providerHeaders({ id: kind, keyStyle, keyRequired, extraHeaders }, key);
}

describe('provider headers', () => {
  test('carry the key as a bearer token, and the extras of the kind', () => {
    expect(headers(catalog.openai, 'sk-1')).toEqual(['authorization', 'Bearer sk-1']);
    expect(headers(catalog.openrouter, 'sk-1')).toEqual(['authorization', 'Bearer sk-1', 'x-title', 'Gatehouse']);
  });

  test('are none for a server without a key and for the demo', () => {
    expect(headers(catalog['openai-compatible'], null)).toEqual([]);
    expect(headers(catalog.demo, 'sk-1')).toEqual([]);
  });

  test('are refused when the key is missing where one is needed', () => {
    expect(() => headers(catalog.openai, null)).toThrow(expect.objectContaining({ kind: 'upstream-auth', provider: 'openai' }));
    expect(() => headers(catalog.openai, '')).toThrow(/has none/);
  });

  test.each(['sk-1\r\nx-evil: 1', 'sk-1\n', 'sk-\u00e4', 'sk-\u0000', 'sk-\u007f'])(
    'are refused for the key %j without showing it',
    (key) => {
      const attempt = () => headers(catalog['openai-compatible'], key);
      expect(attempt).toThrow(expect.objectContaining({ kind: 'upstream-auth' }));
      expect(attempt).toThrow(/^(?!.*sk-)/s);
    },
  );

  test('of every kind can be sent, and none is taken from the client as well', () => {
    for (const { extraHeaders, passedHeaders } of Object.values(catalog)) {
      const own = ['authorization', 'content-type', 'accept', 'accept-encoding', ...extraHeaders.map(([name]) => name)];
      expect(passedHeaders.filter((name) => own.includes(name))).toEqual([]);
      for (const [name, value] of extraHeaders) {
        expect(name).toMatch(/^[a-z-]+$/);
        expect(value).toMatch(/^[\x20-\x7e]+$/);
      }
    }
  });
});
