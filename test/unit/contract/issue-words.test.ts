/** Holds what is said of a wrong value to words that a person can act on, and each place to one of them. */
import { expect, test } from 'vitest';
import { parseConfig } from '../../../gateway/contract/config.ts';

const rule = (parts: object) => ({ version: 1, policy: { rules: [{ name: 'a', use: 'demo/hello', ...parts }] } });

test.each([
  [rule({ use: '' }), 'use: must not be empty'],
  [rule({ use: [] }), 'use: must have at least one entry'],
  [rule({ name: 'x'.repeat(1_000) }), /^name: must have at most \d+ characters$/],
  [rule({ name: undefined }), 'name: is missing'],
  [rule({ limits: { attempts: 99 } }), 'limits.attempts: must be at most 10'],
  [rule({ limits: { attempts: 1.5 } }), 'limits.attempts: must be a whole number'],
  [rule({ limits: { maxCostUsd: 'a' } }), 'limits.maxCostUsd: must be a number'],
  [rule({ shadow: { target: 'demo/hello', share: 0 } }), 'shadow.share: must be more than 0'],
  [rule({ when: { stream: 'yes' } }), 'when.stream: must be true or false'],
  [rule({ when: { header: { 'x a': true } } }), 'when.header.x a: has a name that cannot be used here'],
  [rule({ pin: 'here' }), 'pin: must be "local"'],
  [rule({ limits: { unknownPrice: 'ask' } }), 'limits.unknownPrice: must be one of "allow", "refuse"'],
  [rule({ limits: [] }), 'limits: must be an object in curly brackets'],
] as const)('%j is refused once, in plain words', (document, words) => {
  const parsed = parseConfig(document);
  const said = parsed.ok ? [] : parsed.problems.map(({ path, message }) => `${path.replace('policy.rules.0.', '')}: ${message}`);
  expect(said).toEqual([typeof words === 'string' ? words : expect.stringMatching(words)]);
});
