/** What the config refuses of alerts, by its place. */
import { expect, test } from 'vitest';
import { parseConfig } from '../../../gateway/contract/config.ts';

const problemsOf = (alerts: unknown): readonly string[] => {
  const parsed = parseConfig({ version: 1, alerts });
  return parsed.ok ? [] : parsed.problems.map(({ path, message }) => `${path}: ${message}`);
};
const hook = (url: string, secret?: string) => ({ webhooks: [{ url, secret }] });

test.each([
  [hook('http://127.0.0.1:4283/hook'), /^alerts\.webhooks\.0\.url: is this gateway's own address/],
  [hook('http://localhost:4283'), /^alerts\.webhooks\.0\.url: is this gateway's own address/],
  [hook('ftp://a.example/'), /^alerts\.webhooks\.0\.url: must be a whole URL, http or https/],
  [hook('https://me:word@a.example/'), /^alerts\.webhooks\.0\.url: must not hold a user name or password/],
  [hook('https://a.example/', 'whsec_AAAA'), /^alerts\.webhooks\.0\.secret: must be vault:<name> or env:<NAME>/],
  [{ webhooks: [{ url: 'https://a.example/' }, { url: 'https://a.example/' }] }, /^alerts\.webhooks\.1\.url: is named twice/],
  [{ unusualSpend: { times: 1, minUsd: 0 } }, /^alerts\.unusualSpend\.times: must be at least 1\.1/],
  [{ unusualSpend: true }, /^alerts\.unusualSpend: must be false, or \{"times": …, "minUsd": …\}$/],
])('%j', (alerts, expected) => {
  expect(problemsOf(alerts)).toEqual([expect.stringMatching(expected)]);
});

test('another port of this machine, and a receiver on the internet, may be told', () => {
  expect(
    problemsOf({ webhooks: [{ url: 'http://127.0.0.1:9000/hook' }, { url: 'https://a.example/', secret: 'vault:hook' }] }),
  ).toEqual([]);
});
