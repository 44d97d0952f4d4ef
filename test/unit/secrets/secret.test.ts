/** A secret never prints itself. */
import { format, inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Secret } from '../../../gateway/secrets/secret.ts';

const canary = 'sk-canary-0123456789';

test.each<[string, (secret: Secret) => string]>([
  ['a template', (secret) => `${secret}`],
  ['JSON', (secret) => JSON.stringify({ secret, list: [secret] })],
  ['console.log', (secret) => format(secret, { secret }, [secret])],
  ['inspect with everything shown', (secret) => inspect({ secret }, { showHidden: true, depth: null, customInspect: false })],
  ['an error message', (secret) => new Error('failed with ' + secret).stack ?? ''],
  ['a structured clone', (secret) => inspect(structuredClone({ secret }), { showHidden: true })],
  ['its own properties', (secret) => Reflect.ownKeys(secret).map(String).join() + Object.values(secret).join()],
])('%s does not show it', (_way, print) => {
  expect(print(new Secret(canary))).not.toContain('canary');
});

test('only reveal gives the value', () => {
  expect(new Secret(canary).reveal()).toBe(canary);
});

test('the last four characters tell keys apart, but a short secret shows none', () => {
  expect(new Secret(canary).lastFour).toBe('6789');
  expect(new Secret('hunter2').lastFour).toBe('');
});
