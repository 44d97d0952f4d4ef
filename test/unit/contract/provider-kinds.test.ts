/** The table of provider kinds: whole, in order, and without anything that does not belong into data. */
import { expect, test } from 'vitest';
import { parseConfig } from '../../../gateway/contract/config.ts';
import { isProviderKind, providerKindNames, providerKinds } from '../../../gateway/contract/provider-kinds.ts';

const all = providerKindNames.map((kind) => ({ kind, ...providerKinds[kind] }));

const promised =
  'openai anthropic gemini openrouter mistral groq deepseek xai together fireworks cerebras perplexity cohere ' +
  'azure-openai github-models huggingface nvidia moonshot zai alibaba siliconflow minimax ollama lm-studio ' +
  'llama-cpp vllm localai openai-compatible anthropic-compatible gemini-compatible demo';

test('a kind that somebody’s config may name does not vanish', () => {
  expect(providerKindNames).toEqual(expect.arrayContaining(promised.split(' ')));
  expect(providerKindNames.length).toBeGreaterThanOrEqual(37);
});

test('only a kind of the table is one', () => {
  expect(['openai', 'demo', 'constructor', 'toString', '', 'OpenAI'].filter(isProviderKind)).toEqual(['openai', 'demo']);
});

test('every entry has a name of its own, a sign, and addresses that are whole', () => {
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  for (const { kind, monogram, hue, group, ...facts } of all) {
    expect(kind).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
    expect(monogram).toMatch(/^[A-Za-z]{1,3}$/);
    expect(hue >= 0 && hue < 360).toBe(true);
    const web = [facts.keyPageUrl, facts.docsUrl, ...(group === 'cloud' ? [facts.baseUrl] : [])];
    for (const url of web) if (url !== null) expect([kind, new URL(url).protocol]).toEqual([kind, 'https:']);
    expect(facts.baseUrl ?? '').not.toMatch(/\/$/);
    expect(new URL(facts.baseUrlExample).hostname).not.toBe('');
  }
});

test('a service that answers only with a key tells where one is had and which variable holds it', () => {
  for (const { kind, keyRequired, keyPageUrl, keyVariable } of all.filter((one) => one.group === 'cloud')) {
    expect([kind, keyRequired, keyPageUrl === null, keyVariable === null]).toEqual([kind, true, false, false]);
  }
});

test('a path says for which format or endpoint of the entry it stands', () => {
  for (const { kind, paths, dialects, endpoints } of all) {
    const offered: readonly string[] = [...dialects, ...endpoints];
    expect([kind, Object.keys(paths).filter((name) => !offered.includes(name))]).toEqual([kind, []]);
    for (const path of Object.values(paths)) expect(path).toMatch(/^(?:\/[\w.-]+)*$/);
  }
});

test('an address is asked for where the kind has none, and refused where there can be none', () => {
  for (const { kind, baseUrl, builtIn } of all) {
    const parsed = parseConfig({ version: 1, providers: [{ id: 'x', kind }] });
    expect([kind, parsed.ok]).toEqual([kind, builtIn || baseUrl !== null]);
  }
});
