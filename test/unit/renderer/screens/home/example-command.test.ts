/** Holds the command on Home to what a shell and the gateway accept. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { configSchema } from '../../../../../gateway/contract/config.ts';
import { exampleCommand, exampleModel } from '../../../../../renderer/screens/home/example-command.ts';

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

test('a shell reads the command as one request, whatever the model is called', () => {
  const command = exampleCommand('http://127.0.0.1:4283', "lab/it's $(touch x) `y`", true, 'llmgw_abc');
  const argumentsOfCurl = execFileSync('/bin/sh', ['-c', `curl() { printf '%s\\n' "$@"; }\n${command}`], { encoding: 'utf8' });
  expect(argumentsOfCurl.trimEnd().split('\n')).toEqual([
    'http://127.0.0.1:4283/v1/chat/completions',
    '-H',
    'Authorization: Bearer llmgw_abc',
    '-H',
    'Content-Type: application/json',
    '-d',
    JSON.stringify({ model: "lab/it's $(touch x) `y`", messages: [{ role: 'user', content: 'Hello' }] }),
  ]);
});

test('without a key of its own the command names a variable, and where none is asked for it has none', () => {
  expect(exampleCommand('http://h', 'm', true, null)).toContain('Bearer $GATEHOUSE_CLIENT_KEY');
  expect(exampleCommand('http://h', 'm', false, null)).not.toContain('Authorization');
});
