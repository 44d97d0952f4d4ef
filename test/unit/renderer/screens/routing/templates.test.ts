/** Holds the templates to rules that the gateway accepts, with models of the person's own providers. */
import { describe, expect, test } from 'vitest';
import { configSchema, parseConfig } from '../../../../../gateway/contract/config.ts';
import { chooseModels, templates } from '../../../../../renderer/screens/routing/templates.ts';
import { emptyPolicy, withPolicy } from '../../../../../renderer/stores/policy-document.ts';

const providersOf = (providers: readonly unknown[]) => configSchema.parse({ version: 1, providers }).providers;
const openai = { id: 'openai', kind: 'openai', keys: ['env:OPENAI_API_KEY'] };
const lab = { id: 'lab', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:8000/v1', models: ['large', 'small'] };
const now = Date.UTC(2026, 10, 20, 9, 0, 30);

describe('a template', () => {
  test.each(templates)('"$title" is accepted by the gateway, alone and again beside itself', ({ add }) => {
    const models = chooseModels(providersOf([openai, lab]));
    const once = add(emptyPolicy, models, now);
    const twice = add(once, models, now);
    for (const policy of [once, twice]) {
      const parsed = parseConfig(withPolicy({ version: 1 }, policy));
      expect(parsed.ok ? [] : parsed.problems).toEqual([]);
    }
    expect(twice.rules.length + Object.keys(twice.aliases).length).toBe(
      2 * (once.rules.length + Object.keys(once.aliases).length),
    );
  });

  test('that keeps secrets here sends them to a provider of this machine', () => {
    const [secrets] = templates;
    const models = chooseModels(providersOf([openai, lab]));
    expect(secrets?.add(emptyPolicy, models, now).rules).toEqual([
      { name: 'secrets stay here', when: { sensitivity: 'secret' }, pin: 'local', use: 'lab/small' },
    ]);
  });
});

describe('the models of a template', () => {
  test('are those of the providers that are there and on', () => {
    expect(chooseModels(providersOf([openai, lab]))).toEqual({
      strong: 'openai/gpt-5',
      cheap: 'openai/gpt-5-mini',
      local: 'lab/small',
    });
    expect(chooseModels(providersOf([{ ...openai, enabled: false }, lab]))).toMatchObject({
      strong: 'lab/large',
      cheap: 'lab/small',
    });
  });

  test('are listed ones where nothing else is known of a provider', () => {
    const groq = { id: 'groq', kind: 'groq', keys: ['env:GROQ_API_KEY'] };
    expect(chooseModels(providersOf([groq]), { groq: ['groq/large', 'groq/medium', 'groq/small'] })).toMatchObject({
      strong: 'groq/large',
      cheap: 'groq/small',
    });
    expect(chooseModels(providersOf([openai]), { openai: ['openai/gpt-5', 'openai/o9'] })).toMatchObject({
      strong: 'openai/gpt-5',
      cheap: 'openai/o9',
    });
  });

  test('of this machine are none of a server that passes requests on, nor of one elsewhere', () => {
    const elsewhere = { id: 'attic', kind: 'ollama', baseUrl: 'http://192.168.1.7:11434' };
    const { local } = chooseModels(providersOf([{ ...lab, forwards: true }, elsewhere, { id: 'demo', kind: 'demo' }]));
    expect(local).toBe('demo/hello');
  });

  test('are the demo’s where there is nothing else', () => {
    expect(chooseModels(providersOf([{ id: 'demo', kind: 'demo' }])).cheap).toBe('demo/hello');
  });
});
