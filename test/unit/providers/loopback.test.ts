/** What must not leave this machine goes to this machine alone: no address counts for it that could be another by some reading. */
import { expect, test } from 'vitest';
import { providerSchema, timeoutsSchema } from '../../../gateway/contract/config.ts';
import { buildProvider } from '../../../gateway/providers/build-provider.ts';

const isHere = (change: object) =>
  buildProvider(providerSchema.parse({ id: 'a', kind: 'openai-compatible', ...change }), timeoutsSchema.parse({})).isHere;

test.each([
  'http://127.0.0.1:8000',
  'http://127.9.0.1',
  'http://localhost:1/v1',
  'http://[::1]:9',
  'http://LOCALHOST.',
  'http://0x7f.1',
  'http://2130706433',
])('%s is this machine', (baseUrl) => expect(isHere({ baseUrl })).toBe(true));

test.each([
  'http://192.168.1.2',
  'http://10.0.0.1',
  'http://nas',
  'http://box.local',
  'http://localhost.example.com',
  'http://127.0.0.1.example.com',
  'http://my.localhost',
  'http://0.0.0.0:8000',
  'http://[::ffff:127.0.0.1]',
  'http://[::]',
  'https://api.openai.com',
])('%s is not', (baseUrl) => expect(isHere({ baseUrl })).toBe(false));

test('a server near by that sends requests on is not this machine, and the demo is', () => {
  expect(isHere({ baseUrl: 'http://127.0.0.1:4000', forwards: true })).toBe(false);
  expect(isHere({ kind: 'demo' })).toBe(true);
  expect(isHere({ kind: 'ollama' })).toBe(true);
});
