/** The link to the parent: what it hands over is checked, and nothing it says early is lost. */
import { expect, test } from 'vitest';
import { openParentLink } from '../../gateway/parent-link.ts';

const handover = { type: 'handover', dataKey: `${'A'.repeat(43)}=`, dataKeyKeptIn: 'a test', controlToken: 'token' };

function openLink() {
  let take: (message: unknown) => void = () => undefined;
  let end: () => void = () => undefined;
  const link = openParentLink({ onMessage: (given) => (take = given), onEnd: (given) => (end = given) });
  const heard: string[] = [];
  const follow = () => link.follow({ stop: () => heard.push('stop'), gone: () => heard.push('gone') });
  return { link, say: (message: unknown) => take(message), end: () => end(), heard, follow };
}

test('what the parent hands over arrives, and so does its wish to stop, each time', async () => {
  const { link, say, heard, follow } = openLink();
  say(handover);
  expect(await link.handover).toEqual(handover);
  follow();
  say({ type: 'stop' });
  say({ type: 'stop' });
  expect(heard).toEqual(['stop', 'stop']);
});

test('a stop and an end that came before anybody listened are not lost', () => {
  const { say, end, heard, follow } = openLink();
  say(handover);
  say({ type: 'stop' });
  end();
  follow();
  expect(heard).toEqual(['stop', 'gone']);
});

test.each([
  ['text', 'hello'],
  ['a key that is too short', { ...handover, dataKey: 'AAAA' }],
  ['a field nobody knows', { ...handover, more: 1 }],
  ['an empty token', { ...handover, controlToken: '' }],
])('%s instead of the secrets is refused', async (_what, message) => {
  const { link, say } = openLink();
  say(message);
  await expect(link.handover).rejects.toThrow(/not known/);
});

test('a parent that ends before it handed anything over is told apart', async () => {
  const { link, end } = openLink();
  end();
  await expect(link.handover).rejects.toThrow(/ended before/);
});
