/** Where a request of one wire format goes at a provider. */
import type { DialectName } from '../dialects/dialect.ts';
import type { Provider } from './build-provider.ts';

type Paths = Pick<Provider, 'basePath' | 'basePaths' | 'apiVersion'>;

/**
 * The path and query of a request. A dialect's own path begins after the version (`/chat/completions`, `/messages`,
 * `/models/x:generateContent`, `/audio/speech`), in Ollama's native format after the host (`/api/chat`).
 * @param model its name there
 */
export function endpointPath(
  provider: Paths,
  dialect: { readonly name: DialectName; upstreamPath(model: string, stream: boolean): string },
  model: string,
  stream: boolean,
): string {
  const own = dialect.upstreamPath(model, stream);
  // Azure's older addresses name the deployment, but for responses, which name it in the body.
  if (provider.apiVersion !== null && dialect.name !== 'openai-responses') return deploymentPath(provider, own, model);
  return withApiVersion(provider, `${provider.basePaths[dialect.name] ?? provider.basePath}${own}`);
}

function deploymentPath(provider: Paths, own: string, model: string): string {
  return withApiVersion(provider, `${provider.basePath}/deployments/${encodeURIComponent(model.toWellFormed())}${own}`);
}

function withApiVersion({ apiVersion }: Paths, path: string): string {
  if (apiVersion === null) return path;
  return `${path}${path.includes('?') ? '&' : '?'}api-version=${apiVersion}`;
}
