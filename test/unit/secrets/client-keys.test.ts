/** Client keys: their form, and that nothing kept leads back to them. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createClientKey, hashClientKey, isClientKey } from '../../../gateway/secrets/client-keys.ts';

test('a new key has the agreed form, and its parts belong to it', () => {
  const made = createClientKey();
  expect(made.key).toMatch(/^llmgw_[A-Za-z0-9_-]{43}$/);
  expect(Buffer.from(made.key.slice(6), 'base64url')).toHaveLength(32);
  expect(made.key.startsWith(made.prefix)).toBe(true);
  expect(made.prefix).toHaveLength(12);
  expect(made.hash).toBe(createHash('sha256').update(made.key).digest('hex'));
});

test('no two keys are alike', () => {
  expect(new Set(Array.from({ length: 1000 }, () => createClientKey().key)).size).toBe(1000);
});

test('two keys that share all but their last character have different hashes', () => {
  const start = `llmgw_${'a'.repeat(42)}`;
  expect(hashClientKey(`${start}A`)).not.toBe(hashClientKey(`${start}E`));
});

describe('what is not a key', () => {
  const { key } = createClientKey();
  test.each<[string, string]>([
    ['nothing', ''],
    ['one character short', key.slice(0, -1)],
    ['one character long', `${key}A`],
    ['a line break behind it', `${key}\n`],
    ['a space before it', ` ${key}`],
    ['another prefix', key.replace('llmgw_', 'LLMGW_')],
    ['plain base64', `llmgw_${'+/'.repeat(21)}A`],
    ['its hash', hashClientKey(key)],
    ['letters that only look alike', key.replace('l', 'ⅼ')],
  ])('%s', (_what, text) => {
    expect(isClientKey(text)).toBe(false);
    expect(isClientKey(key)).toBe(true);
  });
});
