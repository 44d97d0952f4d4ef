/** The command that a person can paste to see a first request. Pure. */
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

/** A value within single quotes of a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** @param key null leaves a variable's name in its place */
export function exampleCommand(origin: string, model: string, requireKey: boolean, key: string | null): string {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] });
  const lines = [`curl ${origin}/v1/chat/completions`];
  if (requireKey) lines.push(`  -H "Authorization: Bearer ${key ?? '$GATEHOUSE_CLIENT_KEY'}"`);
  lines.push('  -H "Content-Type: application/json"', `  -d ${quoted(body)}`);
  return lines.join(' \\\n');
}
