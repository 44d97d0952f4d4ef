/** Where a provider is asked in a dialect. */
import type { Dialect } from '../dialects/dialect.ts';
import type { Provider } from './build-provider.ts';

/** The path with its query, to be sent to the provider's origin. */
export function endpointPath(provider: Provider, dialect: Pick<Dialect, 'name' | 'upstreamPath'>, model: string, stream: boolean): string {
  return provider.basePath + dialect.upstreamPath(model, stream);
}
