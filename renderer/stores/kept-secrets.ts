/** Secrets that a form hands over: kept first, used by their reference, and forgotten again when they are not used. */
import { keyReference } from '../../gateway/contract/provider-keys.ts';
import { control } from '../control.ts';
import { freeSecretName } from './edit-providers.ts';
import { readSecrets, useGateway } from './gateway.ts';

/** What a person typed as a key: the key itself, or `env:NAME`. */
export type GivenKey = { readonly kind: 'secret'; readonly value: string } | { readonly kind: 'env'; readonly name: string };

/** Keeps the key and hands its reference to `use`; when that fails the key is forgotten again. */
export async function withKey(owner: string, key: GivenKey, use: (reference: string) => Promise<void>): Promise<void> {
  if (key.kind === 'env') return use(`env:${key.name}`);
  const name = freeSecretName(owner, await takenSecretNames());
  const { reference } = await control.call('secrets.set', { name, value: key.value });
  try {
    await use(reference);
  } catch (error) {
    await control.call('secrets.delete', { name }).catch(() => undefined);
    throw error;
  } finally {
    await readSecrets();
  }
}

async function takenSecretNames(): Promise<string[]> {
  return (await control.call('secrets.list', {})).items.map(({ name }) => name);
}

/** Forgets those of the vault that no provider and no webhook uses any more. */
export async function forgetUnusedSecrets(references: readonly string[]): Promise<void> {
  const config = useGateway.getState().config?.effective;
  const used = [
    ...(config?.providers.flatMap(({ keys }) => keys.map(keyReference)) ?? []),
    ...(config?.alerts.webhooks.map(({ secret }) => secret) ?? []),
  ];
  for (const reference of references) {
    if (!reference.startsWith('vault:') || used.includes(reference)) continue;
    await control.call('secrets.delete', { name: reference.slice('vault:'.length) });
  }
  await readSecrets();
}
