/** By which names clients and providers are counted. */

export function clientScope(clientId: string): string {
  return `client:${clientId}`;
}

export function providerScope(providerId: string): string {
  return `provider:${providerId}`;
}
