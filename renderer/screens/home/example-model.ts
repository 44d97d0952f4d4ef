/** The model that an example asks. Pure. */
import type { GatewayConfig } from '../../../gateway/contract/config.ts';

/** A model that surely answers, else one that is known, else where to put one. */
export function exampleModel(config: GatewayConfig, known: Readonly<Record<string, readonly string[]>>): string {
  const enabled = config.providers.filter((provider) => provider.enabled);
  const demo = enabled.find(({ kind }) => kind === 'demo');
  if (demo) return `${demo.id}/hello`;
  for (const { id, models } of enabled) {
    const [first] = models ?? known[id] ?? [];
    if (first !== undefined) return `${id}/${first}`;
  }
  return 'provider/model';
}
