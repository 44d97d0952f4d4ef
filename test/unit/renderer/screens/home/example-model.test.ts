/** Holds the model that Home's examples ask to one that answers. */
import { expect, test } from 'vitest';
import { configSchema } from '../../../../../gateway/contract/config.ts';
import { exampleModel } from '../../../../../renderer/screens/home/example-model.ts';

const config = (...providers: unknown[]) => configSchema.parse({ version: 1, providers });
const lab = { id: 'lab', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:8000/v1' };

test.each([
  ['the demo under whatever name it has', config(lab, { id: 'try', kind: 'demo' }), {}, 'try/hello'],
  [
    'no demo that is switched off',
    config({ id: 'demo', kind: 'demo', enabled: false }, { ...lab, models: ['a', 'b'] }),
    {},
    'lab/a',
  ],
  ['a model that the provider listed', config(lab), { lab: ['qwen3:8b'] }, 'lab/qwen3:8b'],
  ['a place to put one when none is known', config(lab), { other: ['x'] }, 'provider/model'],
])('the example names %s', (_what, given, known, model) => {
  expect(exampleModel(given, known)).toBe(model);
});
