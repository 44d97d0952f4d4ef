/** Holds the forms of the local engine to the config: every field is there, and a form accepts what the gateway accepts. */
import { describe, expect, test } from 'vitest';
import { localEngineSchema, localModelOptionsSchema } from '../../../../../gateway/contract/local-engine/settings.ts';
import {
  engineSettings,
  modelSettings,
  shownText,
  typedProblem,
  typedValues,
} from '../../../../../renderer/components/local-engine/typed-settings.ts';
import { editedOptions } from '../../../../../renderer/screens/models/edited-options.ts';
import { attentionValue, engineChoices } from '../../../../../renderer/screens/settings/local-engine/choices.ts';

const attempts = [
  '0',
  '1',
  '-1',
  '255',
  '256',
  '257',
  '4096',
  '65,536',
  '1.5',
  '20000000',
  '5m',
  '1h30m',
  '30',
  '5 m',
  'soon',
  '/srv/models',
  'D:\\models',
  'models',
  '~/models',
  '0,1',
  'GPU-1a2b',
  'all of them',
  'editor, my agent',
  ',',
  'x'.repeat(101),
]; // prettier-ignore

describe.each([
  ['the engine', engineSettings, localEngineSchema],
  ['a model', modelSettings, localModelOptionsSchema],
] as const)('the form of %s', (_whose, settings, schema) => {
  test.each(settings)('accepts for $name what the gateway accepts, and refuses what it refuses', (setting) => {
    for (const text of attempts) {
      const [value] = Object.values(typedValues([setting], { [setting.name]: text }));
      const isAccepted = typedProblem(setting, text) === null;
      expect([text, isAccepted]).toEqual([text, value !== undefined]);
      if (isAccepted) expect([text, schema.safeParse({ [setting.name]: value }).success]).toEqual([text, true]);
      else
        expect([text, schema.safeParse({ [setting.name]: setting.isNumber ? Number(text) : text }).success]).toEqual([
          text,
          false,
        ]);
    }
  });
});

test('every field of the config stands in a form, and every option of a model', () => {
  const inForms = [...engineSettings, ...engineChoices].map(({ name }) => name);
  // The two switches, and the options that each model's own form has.
  expect([...inForms, 'enabled', 'cloudModels', 'models'].sort()).toEqual(Object.keys(localEngineSchema.shape).sort());
  expect(modelSettings.map(({ name }) => name).sort()).toEqual(Object.keys(localModelOptionsSchema.shape).sort());
});

test('every choice writes what the gateway accepts, and shows what is in force', () => {
  for (const { name, options } of engineChoices) {
    for (const [option, , written] of options) {
      const settings = localEngineSchema.parse(written === undefined ? {} : { [name]: written });
      const shown = name === 'flashAttention' ? attentionValue(settings) : (settings[name] ?? '');
      expect([name, shown]).toEqual([name, option]);
    }
  }
});

test('a field shows what was typed, else what is saved, and is empty where nothing is', () => {
  const [folder, context] = engineSettings;
  if (!folder || !context) throw new Error('The form has no fields.');
  expect(shownText({ contextTokens: 8_192 }, context, {})).toBe('8192');
  expect(shownText({ contextTokens: 8_192 }, context, { contextTokens: '' })).toBe('');
  expect(shownText({}, folder, {})).toBe('');
  expect(shownText({ modelsFolder: ['editor', 'agent'] }, folder, {})).toBe('editor, agent');
});

test('an option that was emptied is left out, one that was not touched stays', () => {
  const before = { contextTokens: 8_192, keepAlive: '5m' };
  expect(editedOptions(before, { contextTokens: ' ', threads: '4' })).toEqual({ keepAlive: '5m', threads: 4 });
  expect(editedOptions(before, {})).toEqual(before);
});
