/** Secrets in the environment are taken out of it before anything else is started, and nonsense is not mistaken for protection. */
import { expect, test } from 'vitest';
import { takeGivenSecrets } from '../../../electron/given-secrets.ts';

const key = Buffer.alloc(32, 7).toString('base64');

test('what was given is used and gone from the environment', () => {
  const environment = { GATEHOUSE_KEY: key.slice(0, -1), GATEHOUSE_CONTROL_TOKEN: 'token', HOME: '/h' };
  expect(takeGivenSecrets(environment)).toEqual({ dataKey: key, controlToken: 'token' });
  expect(environment).toEqual({ HOME: '/h' });
  expect(takeGivenSecrets({})).toEqual({ dataKey: null, controlToken: null });
});

test.each([
  { GATEHOUSE_KEY: '' },
  { GATEHOUSE_KEY: 'short' },
  { GATEHOUSE_CONTROL_TOKEN: '' },
  { GATEHOUSE_CONTROL_TOKEN: 'a b' },
])('%j is refused', (environment) => {
  expect(() => takeGivenSecrets({ ...environment })).toThrow(/must be/);
});
