/** What the README tells a person who connects a program: the doors, the base URL, a config, and where to read on. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { parseConfig } from '../../../gateway/contract/config.ts';
import { dialects } from '../../../gateway/dialects/index.ts';
import { findRoute, routePaths } from '../../../gateway/server/routes.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const readText = (file: string): string => readFileSync(join(root, file), 'utf8');
const readme = readText('README.md');

test('its table of doors has every path that answers, with its methods, and no other', () => {
  const listed = [...readme.matchAll(/^\| `(\/[^`]*)` \| ([A-Z, ]+) \|/gm)].map(([, path = '', methods]) => [path, methods]);
  const answering = routePaths.map((path) => [path, findRoute(path)?.methods.join(', ')]);
  const filled = listed.map(([path = '', methods]) => [path.replace('<name>', 'demo/hello').replace('<id>', 'resp_1'), methods]);
  expect(filled.toSorted()).toEqual(answering.toSorted());
});

test('the base URL it names, joined to what clients add to it, reaches every dialect', () => {
  const [, base = ''] = /OPENAI_BASE_URL=http:\/\/127\.0\.0\.1:4283(\S*)/.exec(readme) ?? [];
  expect(base).not.toBe('');
  for (const dialect of dialects.values()) {
    const ownBase = dialect.name.startsWith('ollama') ? '' : dialect.name.startsWith('gemini') ? '/v1beta' : base;
    const [path = '', query] = `${ownBase}${dialect.upstreamPath('demo/hello', false)}`.split('?');
    expect(findRoute(path, query)?.doors.get('POST')).toMatchObject({ kind: 'exchange', dialect: { name: dialect.name } });
  }
  expect(findRoute(`${base}/models`)?.doors.get('GET')).toMatchObject({ kind: 'models' });
});

test.each([
  ['ANTHROPIC_BASE_URL', '/v1/messages', 'anthropic-messages'],
  ['GOOGLE_GEMINI_BASE_URL', '/v1beta/models/demo/hello:generateContent', 'gemini'],
  ['OLLAMA_HOST', '/api/chat', 'ollama'],
])('the address it names for %s, joined to what its clients add, is a door', (variable, added, name) => {
  const [, base] = new RegExp(`${variable}=http://127\\.0\\.0\\.1:4283(\\S*)`).exec(readme) ?? [];
  expect(base).toBe('');
  expect(findRoute(`${base}${added}`)?.doors.get('POST')).toMatchObject({ kind: 'exchange', dialect: { name } });
});

test('every config it shows is one that may be saved', () => {
  const shown = [...readme.matchAll(/^```json\n([^`]*)```/gm)].map(([, text = '']) => parseConfig(JSON.parse(text)));
  expect(shown.length).toBeGreaterThan(4);
  expect(shown.filter(({ ok }) => !ok)).toEqual([]);
});

test.each([
  'README.md',
  'gateway/README.md',
  'gateway/decision/README.md',
  'gateway/exchange/README.md',
  'gateway/ollama/README.md',
  'gateway/storage/README.md',
  'resources/build/README.md',
  'test/README.md',
])('every link and every path in the words of %s leads to something', (file) => {
  const text = readText(file);
  const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)/g)].map(([, target = '']) => join(dirname(file), target));
  const paths = [...text.matchAll(/`((?:gateway|test|resources)\/[\w./-]+)`/g)].map(([, path = '']) => path);
  const named = [...links, ...paths].filter((path) => !path.includes('NNNN'));
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
