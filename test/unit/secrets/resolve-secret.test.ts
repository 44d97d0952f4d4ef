/** References in the config become secrets, or sentences about why not. */
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { importDataKey } from '../../../gateway/secrets/data-key.ts';
import { resolveSecret } from '../../../gateway/secrets/resolve-secret.ts';
import { Secret } from '../../../gateway/secrets/secret.ts';
import { openVault } from '../../../gateway/secrets/vault.ts';
import { createMemoryVaultStore } from './memory-vault-store.ts';

async function resolve(reference: string, environment: Record<string, string> = {}) {
  const store = createMemoryVaultStore();
  const vault = await openVault({ key: importDataKey(randomBytes(32), 'GATEHOUSE_KEY'), store, now: () => 0 });
  await vault.set('lab', new Secret('from the vault\n'));
  await vault.set('blank', new Secret('  '));
  store.rows.set('damaged', { name: 'damaged', ciphertext: Buffer.alloc(64), lastFour: '', savedAtMs: 0 });
  const resolution = resolveSecret(reference, { environment, vault });
  return resolution.ok ? resolution.secret.reveal() : resolution;
}

test('each kind of reference finds its secret, without the space that came with pasting', async () => {
  expect(await resolve('vault:lab')).toBe('from the vault');
  expect(await resolve('env:OPENAI_API_KEY', { OPENAI_API_KEY: ' sk-1\r\n' })).toBe('sk-1');
});

test.each<[string, string]>([
  ['env:OPENAI_API_KEY', 'The environment variable OPENAI_API_KEY is not set.'],
  ['env:BLANK', 'The environment variable BLANK is empty.'],
  ['vault:other', 'The vault holds no secret "other".'],
  ['vault:blank', 'The secret "blank" in the vault is empty.'],
  [
    'vault:damaged',
    'The secret "damaged" in the vault is damaged or was encrypted with another key; enter it again to replace it.',
  ],
])('%s without a value says why, by name', async (reference, problem) => {
  expect(await resolve(reference, { BLANK: ' ' })).toEqual({ ok: false, problem });
});

test('what every object inherits is not an environment variable', () => {
  const vault = { get: () => null };
  const resolution = resolveSecret('env:constructor', { environment: process.env, vault });
  expect(resolution).toMatchObject({ ok: false });
});

test.each(['sk-1234', 'file:/etc/passwd', 'VAULT:lab', ''])('%j is no reference', async (reference) => {
  expect(await resolve(reference)).toMatchObject({ ok: false, problem: expect.stringContaining('not a reference') });
});
