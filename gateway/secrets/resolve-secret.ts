/** Turns a reference from the config into the secret it names, or into a sentence about why there is none. */
import { Secret } from './secret.ts';
import { type Vault, VaultError } from './vault.ts';

export type SecretResolution = { readonly ok: true; readonly secret: Secret } | { readonly ok: false; readonly problem: string };

export interface SecretSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly vault: Pick<Vault, 'get'>;
}

/** Resolves `vault:<name>` or `env:<NAME>`. Space around the value is dropped, as it comes with pasting and never belongs to a key. */
export function resolveSecret(reference: string, sources: SecretSources): SecretResolution {
  const colon = reference.indexOf(':');
  const name = reference.slice(colon + 1);
  switch (reference.slice(0, colon)) {
    case 'env':
      return resolveFromEnvironment(name, sources.environment);
    case 'vault':
      return resolveFromVault(name, sources.vault);
    default:
      return { ok: false, problem: `"${reference}" is not a reference to a secret; write vault:<name> or env:<NAME>.` };
  }
}

function resolveFromEnvironment(name: string, environment: SecretSources['environment']): SecretResolution {
  // process.env inherits from Object: without this, env:constructor would be a secret.
  const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
  if (value === undefined) return { ok: false, problem: `The environment variable ${name} is not set.` };
  return nonEmpty(value, `The environment variable ${name} is empty.`);
}

function resolveFromVault(name: string, vault: SecretSources['vault']): SecretResolution {
  try {
    const secret = vault.get(name);
    if (!secret) return { ok: false, problem: `The vault holds no secret "${name}".` };
    return nonEmpty(secret.reveal(), `The secret "${name}" in the vault is empty.`);
  } catch (error) {
    if (error instanceof VaultError) return { ok: false, problem: error.message };
    throw error;
  }
}

function nonEmpty(value: string, problem: string): SecretResolution {
  const trimmed = value.trim();
  return trimmed ? { ok: true, secret: new Secret(trimmed) } : { ok: false, problem };
}
