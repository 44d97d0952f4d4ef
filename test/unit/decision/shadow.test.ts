/** Which requests have a shadow: a share of them by their seeds, never one that its pin forbids, never a copy of itself. */
import { expect, test } from 'vitest';
import { decide } from '../../../gateway/decision/decide.ts';
import { seedOf } from '../../../gateway/decision/draw.ts';
import { noon, plainFeatures, policyOf, provider, type RuleDocument, snapshotOf } from '../../support/ask-engine.ts';

const providers = [provider('a'), provider('b'), provider('home', { local: true })];
const firstKey = 7_297_000_000_000_000;

function shadowsOf(rules: readonly RuleDocument[], requests: number, model = 'a/m'): string[] {
  const policy = policyOf({ providers, rules });
  const snapshot = snapshotOf();
  return Array.from({ length: requests }, (_, number) => {
    const seed = seedOf(firstKey + number * 4_096);
    const { shadow } = decide({ ...plainFeatures, requestedModel: model }, policy, snapshot, noon, seed);
    return shadow === null ? '' : `${shadow.rule} ${shadow.asTarget.provider}/${shadow.asTarget.model}`;
  });
}

test.each([0.01, 0.05, 0.5, 0.9, 1])('a share of %d of 10,000 requests is drawn', (share) => {
  const drawn = shadowsOf([{ name: 'mirror', shadow: { target: 'b/n', share } }], 10_000).filter((one) => one !== '');
  expect(new Set(drawn)).toEqual(new Set(['mirror b/n']));
  const tolerance = 4 * Math.sqrt(share * (1 - share) * 10_000);
  expect(Math.abs(drawn.length - share * 10_000)).toBeLessThanOrEqual(tolerance);
});

test('two rules draw apart from each other, and the first that holds and mirrors decides', () => {
  const half = (name: string): RuleDocument => ({ name, shadow: { target: 'b/n', share: 0.5 } });
  const one = shadowsOf([half('one')], 2_000);
  const two = shadowsOf([half('two')], 2_000);
  const both = one.filter((shadow, place) => shadow !== '' && two[place] !== '').length;
  expect(Math.abs(both - 500)).toBeLessThan(4 * Math.sqrt(2_000 * 0.25 * 0.75));
  expect(shadowsOf([half('one'), half('two')], 2_000)).toEqual(one);
});

test('a pinned request has a shadow on this machine alone, wherever its pin stands', () => {
  const pin: RuleDocument = { name: 'pin', pin: 'local' };
  const mirrorTo = (target: string): RuleDocument => ({ name: 'mirror', shadow: { target, share: 1 } });
  for (const rules of [
    [pin, mirrorTo('b/n')],
    [mirrorTo('b/n'), pin],
  ]) {
    expect(new Set(shadowsOf(rules, 500, 'home/m'))).toEqual(new Set(['']));
  }
  expect(new Set(shadowsOf([pin, mirrorTo('home/n')], 500, 'home/m'))).toEqual(new Set(['mirror home/n']));
});

test('nobody is asked the same twice: a target is no shadow of itself', () => {
  expect(new Set(shadowsOf([{ name: 'mirror', shadow: { target: 'a/m', share: 1 } }], 100))).toEqual(new Set(['']));
});
