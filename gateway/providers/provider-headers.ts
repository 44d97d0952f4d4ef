/** The headers that a provider is owed on top of the request's own: its key and its extras. */
import { GatewayError } from '../chat/error.ts';
import type { Provider } from './build-provider.ts';

/** What a header may carry: no line break, so no second header, and nothing outside ASCII. */
const sendable = /^[\x20-\x7e]*$/;

/** Can a header carry this key? */
export function isSendableKey(key: string): boolean {
  return sendable.test(key);
}

/**
 * @param key the key itself, or null when there is none; it never appears in an error
 * @returns name, value, name, value, …
 * @throws GatewayError `upstream-auth` when a key is needed and missing, or cannot be sent
 */
export function providerHeaders(
  provider: Pick<Provider, 'id' | 'keyStyle' | 'keyRequired' | 'extraHeaders'>,
  key: string | null,
): string[] {
  return [...keyHeaders(provider, key), ...provider.extraHeaders.flat()];
}

function keyHeaders(provider: Pick<Provider, 'id' | 'keyStyle' | 'keyRequired'>, key: string | null): string[] {
  if (provider.keyStyle === 'none') return [];
  if (key === null || key === '') {
    if (!provider.keyRequired) return [];
    throw new GatewayError('upstream-auth', `The provider "${provider.id}" needs a key and has none; add one under its keys.`, {
      provider: provider.id,
    });
  }
  if (!isSendableKey(key)) {
    const problem = `The key of the provider "${provider.id}" holds a character that cannot be sent; save the key again.`;
    throw new GatewayError('upstream-auth', problem, { provider: provider.id });
  }
  return provider.keyStyle === 'bearer' ? ['authorization', `Bearer ${key}`] : [provider.keyStyle, key];
}
