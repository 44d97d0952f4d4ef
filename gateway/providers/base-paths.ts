/** Under which path a provider speaks each of its formats: what a person wrote as its address, read with tolerance. */
import type { DialectName, EndpointName } from '../contract/dialect-names.ts';
import type { ProviderKindFacts } from '../contract/provider-kinds.ts';

/** `v1`, `v1beta`, `v4`, `v1alpha2`: what an address ends in where its person copied the version too. */
const versionSegment = /\/v\d+(?:(?:alpha|beta)\d*)?$/;

/** The version that a format's own programs append where an address has none. */
const usualVersions: Readonly<Partial<Record<DialectName | EndpointName, string>>> = {
  'anthropic-messages': '/v1',
  gemini: '/v1beta',
};

/** The URL's path without slashes at its end. */
export function pathOf(baseUrl: string): string {
  return new URL(baseUrl).pathname.replace(/\/+$/, '');
}

/**
 * The base path of one format or endpoint: never ends in a slash.
 * @param path of the address in force
 */
export function basePathFor(
  name: DialectName | EndpointName,
  path: string,
  { baseUrl, paths }: Pick<ProviderKindFacts, 'baseUrl' | 'paths'>,
): string {
  const own = paths[name];
  if (own !== undefined) return rootOf(path, baseUrl === null ? '' : pathOf(baseUrl)) + own;
  if (name === 'ollama') return path.replace(versionSegment, '');
  return versionSegment.test(path) ? path : path + (usualVersions[name] ?? '');
}

/** What stands before the kind's own path: nothing, or the prefix of a proxy in front of it. */
function rootOf(path: string, usualPath: string): string {
  return usualPath !== '' && path.endsWith(usualPath) ? path.slice(0, -usualPath.length) : path.replace(versionSegment, '');
}
