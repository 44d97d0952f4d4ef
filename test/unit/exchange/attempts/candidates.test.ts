/** Which keys a request may be sent with: one that is missing or broken takes nothing from the others. */
import { expect, test } from 'vitest';
import { parseConfig } from '../../../../gateway/contract/config.ts';
import { planCandidates } from '../../../../gateway/exchange/attempts/candidates.ts';
import { KeyPool } from '../../../../gateway/providers/key-pool.ts';
import { buildRuntime } from '../../../../gateway/exchange/runtime.ts';
import { scriptSend } from '../../discovery/scripted-send.ts';

const { send } = scriptSend({});

function plan(keys: Readonly<Record<string, string>>) {
  const providers = [
    { id: 'first', kind: 'openai', keys: ['env:ONE', 'env:TWO'] },
    { id: 'second', kind: 'openai', keys: ['env:THREE'] },
  ];
  const parsed = parseConfig({ version: 1, providers });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed));
  const runtime = buildRuntime(parsed.config, 1, { network: send, builtIn: send });
  const targets = [
    { provider: 'first', model: 'm', dialect: 'openai-chat', dialects: ['openai-chat'] },
    { provider: 'second', model: 'n', dialect: 'openai-chat', dialects: ['openai-chat'] },
  ];
  const resolveKey = (reference: string) => {
    const value = keys[reference.slice('env:'.length)];
    return value === undefined ? { problem: `${reference} is not set.` } : { value };
  };
  return planCandidates(targets, runtime, { resolveKey, keyPool: new KeyPool(Date.now) });
}

const keysOf = ({ candidates }: ReturnType<typeof plan>) => candidates.map(({ key, model }) => [key, model]);

test('every target is asked with each of its keys, in order', () => {
  expect(keysOf(plan({ ONE: 'k1', TWO: 'k2', THREE: 'k3' }))).toEqual([
    ['k1', 'm'],
    ['k2', 'm'],
    ['k3', 'n'],
  ]);
});

test.each(['k1\nx: y', 'schl\u00fcssel'])('a key that no header can carry is left out, and the others are used: %j', (broken) => {
  const planned = plan({ ONE: broken, TWO: 'k2', THREE: 'k3' });
  expect(planned.error).toBeNull();
  expect(keysOf(planned)).toEqual([
    ['k2', 'm'],
    ['k3', 'n'],
  ]);
});

test('when no key is left, the error says of every one what is wrong, and shows none', () => {
  const { candidates, error } = plan({ ONE: 'secret\n' });
  expect(candidates).toEqual([]);
  expect(error).toMatchObject({ kind: 'upstream-auth', code: 'provider_auth_failed' });
  for (const words of ['"first" holds a character', 'env:TWO is not set', 'env:THREE is not set']) {
    expect(error?.message).toContain(words);
  }
  expect(error?.message).not.toContain('secret');
});
