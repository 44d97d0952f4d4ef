/** What must hold of every decision, whatever the policy, the request and the state: tried on thousands of made-up ones. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reasonCodes } from '../../../gateway/contract/decision.ts';
import { strategies } from '../../../gateway/contract/policy/route.ts';
import { compilePolicy } from '../../../gateway/decision/policy/compile-policy.ts';
import type { CompiledPolicy } from '../../../gateway/decision/policy/compiled-policy.ts';
import { decide } from '../../../gateway/decision/decide.ts';
import type { Decision } from '../../../gateway/decision/decision.ts';
import { explain } from '../../../gateway/decision/explain.ts';
import { keepQuestion, readQuestion, replay } from '../../../gateway/decision/kept/keep-question.ts';
import { looksAtFor } from '../../../gateway/decision/policy/looks-at.ts';
import { WatchedSnapshot } from '../../../gateway/decision/kept/watched-snapshot.ts';
import {
  anyClock,
  anyDocument,
  anyFeatures,
  anyPolicy,
  anySeed,
  anySnapshot,
  anyWorld,
  furtherRuns,
  nearIds,
  propertyRuns,
} from '../../support/any-policy.ts';
import { plainFeatures, snapshotOf } from '../../support/ask-engine.ts';

const question = [anyFeatures, anyPolicy, anySnapshot, anyClock, anySeed] as const;
const sizes = { numRuns: propertyRuns };
const further = { numRuns: furtherRuns };
const namesOf = (decision: Decision) => decision.targets.map(({ provider, model }) => `${provider}/${model}`);

/** Every property but the words: what the one who asks the targets gets. */
const answerOf = ({ candidates: _candidates, ...decision }: Decision) => decision;

describe('for any request, policy and state', { timeout: 60_000 }, () => {
  test('the same input gives the same bytes, and is not touched', () => {
    fc.assert(
      fc.property(anyFeatures, anyDocument, anyWorld, anyClock, anySeed, (features, document, world, clock, seed) => {
        const before = JSON.stringify([features, document, world]);
        const once = () => {
          const policy = compilePolicy(structuredClone(document));
          const input = [structuredClone(features), policy, snapshotOf(structuredClone(world)), clock, seed] as const;
          return JSON.stringify([decide(...input), explain(...input)]);
        };
        if (once() !== once() || JSON.stringify([features, document, world]) !== before) return false;
        return true;
      }),
      sizes,
    );
  });

  test('there are targets, or a refusal by name with a sentence; each target once, each by a candidate that was not refused', () => {
    fc.assert(
      fc.property(...question, (...input) => {
        const { refusal, candidates, ...decision } = decide(...input);
        const names = decision.targets.map(({ provider, model }) => `${provider}/${model}`);
        if (names.length === 0) {
          if (refusal === null || refusal.message === '') throw new Error('no target, and no word why');
        } else if (refusal !== null) throw new Error('refused, with targets');
        const usable = candidates.filter(({ target }) => target !== null).map(({ provider, model }) => `${provider}/${model}`);
        expect(new Set(names).size).toBe(names.length);
        if ([...names].sort().join() !== usable.sort().join()) throw new Error('targets are not the usable candidates');
      }),
      sizes,
    );
  });

  test('the live decision and its explanation tell the same', () => {
    fc.assert(
      fc.property(...question, (...input) => {
        const decision = decide(...input);
        const trace = explain(...input);
        if (trace.targets.join() !== namesOf(decision).join()) throw new Error('other targets');
        if (trace.refusal !== (decision.refusal?.message ?? null) || trace.rule !== decision.rule) throw new Error('other words');
        const codes = trace.candidates.map(({ code }) => code).join();
        if (codes !== decision.candidates.map(({ code }) => code).join()) throw new Error('other codes');
        if (trace.candidates.some(({ reason }) => reason === '')) throw new Error('a candidate without a reason');
        if (trace.rules.some(({ reason }) => reason === '')) throw new Error('a rule without a reason');
      }),
      further,
    );
  });

  test('every target is a provider that is there, is switched on, offers the dialect and has its key', () => {
    fc.assert(
      fc.property(...question, (features, policy, snapshot, clock, seed) => {
        for (const target of decide(features, policy, snapshot, clock, seed).targets) {
          const provider = policy.providers.get(target.provider);
          if (!provider?.enabled || snapshot.keyProblem(target.provider) !== null) throw new Error(`${target.provider} cannot`);
          if (!provider.dialects.includes(target.dialect) || !features.dialects.includes(target.dialect))
            throw new Error('dialect');
        }
      }),
      further,
    );
  });

  test('a pinned request never reaches a target that is not on this machine: as a target, a fallback or a copy', () => {
    let pinned = 0;
    fc.assert(
      fc.property(
        anyFeatures,
        anyDocument,
        anySnapshot,
        anyClock,
        anySeed,
        fc.option(fc.nat(5)),
        (asked, document, snapshot, clock, seed, place) => {
          const rules = [...document.policy.rules];
          if (place !== null) rules.splice(place % (rules.length + 1), 0, { name: 'pin', enabled: true, pin: 'local' });
          const features = place === null ? { ...asked, pinnedBefore: 'earlier' } : asked;
          const policy = compilePolicy({ ...document, policy: { rules } });
          const decision = decide(features, policy, snapshot, clock, seed);
          const { targets, fallbacks, shadow, pinnedBy } = decision;
          if (pinnedBy === null) throw new Error('not pinned');
          for (const { provider, model } of [
            ...targets,
            ...Object.values(fallbacks).flat(),
            ...(shadow ? [shadow.asTarget] : []),
          ]) {
            pinned += 1;
            const { forwarded } = snapshot.facts(provider, model);
            if (!nearIds.includes(provider) || model.includes('cloud') || forwarded === true)
              throw new Error(`${provider}/${model}`);
          }
        },
      ),
      sizes,
    );
    expect(pinned).toBeGreaterThan(propertyRuns / 4);
  });

  test('no request of a key ever reaches a model outside its list: as a target, a fallback or a copy', () => {
    let allowed = 0;
    let refused = 0;
    const lists = [
      ['near/m'],
      ['*/m'],
      ['far/*', 'near/meta/*'],
      ['constructor/__proto__', 'lan/*'],
      ['*'],
      ['nobody/*'],
    ] as const;
    const fits = (name: string, pattern: string) =>
      pattern === '*' ||
      name === pattern ||
      (pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1))) ||
      (pattern.startsWith('*') && name.endsWith(pattern.slice(1)));
    fc.assert(
      fc.property(fc.constantFrom(...lists), ...question, (list, asked, policy, snapshot, clock, seed) => {
        const decision = decide({ ...asked, allowedModels: list }, policy, snapshot, clock, seed);
        const { targets, fallbacks, shadow } = decision;
        for (const target of [...targets, ...Object.values(fallbacks).flat(), ...(shadow ? [shadow.asTarget] : [])]) {
          allowed += 1;
          const name = `${target.provider}/${target.model}`;
          if (!list.some((pattern) => fits(name, pattern))) throw new Error(`${name} is not in ${list.join()}`);
        }
        refused += decision.candidates.filter(({ code }) => code === 'not-allowed').length;
        // The list takes away, and never sends anywhere else than it would go without it.
        if (list[0] === '*') {
          const free = decide({ ...asked, allowedModels: null }, policy, snapshot, clock, seed);
          if (JSON.stringify(free) !== JSON.stringify(decision)) throw new Error('a list of everything changed it');
        }
      }),
      sizes,
    );
    expect(allowed).toBeGreaterThan(propertyRuns / 4);
    expect(refused).toBeGreaterThan(propertyRuns / 4);
  });

  test('how targets stand never empties a list that is not empty, nor fills an empty one', () => {
    const calm = (snapshot: ReturnType<typeof snapshotOf>) => ({ ...snapshot, state: snapshotOf().state });
    fc.assert(
      fc.property(...question, (features, policy, snapshot, clock, seed) => {
        const now = namesOf(decide(features, policy, snapshot, clock, seed)).sort();
        const then = namesOf(decide(features, policy, calm(snapshot), clock, seed)).sort();
        if (now.join() !== then.join()) throw new Error(`${now.join()} is not ${then.join()}`);
      }),
      further,
    );
  });

  test('taking a refused candidate away never changes the choice', () => {
    let tried = 0;
    fc.assert(
      fc.property(anyFeatures, anyDocument, anySnapshot, anyClock, anySeed, (features, document, snapshot, clock, seed) => {
        const before = decide(features, compilePolicy(document), snapshot, clock, seed);
        // Who only does it because the prompt is too long for the others is chosen for their refusal.
        const { candidates } = explain(features, compilePolicy(document), snapshot, clock, seed);
        const isStandIn = candidates.some(({ chosen, reason }) => chosen && reason.includes('too long for the others'));
        if (before.targets.length === 0 || isStandIn) return;
        for (const { provider, model, target } of before.candidates) {
          if (target !== null || provider === '') continue;
          const after = decide(features, withoutTarget(compilePolicy(document), `${provider}/${model}`), snapshot, clock, seed);
          tried += 1;
          if (namesOf(after).join() !== namesOf(before).join()) {
            throw new Error(`without ${provider}/${model}: ${namesOf(after).join()}, not ${namesOf(before).join()}`);
          }
        }
      }),
      sizes,
    );
    expect(tried).toBeGreaterThan(500);
  });

  test('what a policy says it does not look at makes no difference', () => {
    let masked = 0;
    fc.assert(
      fc.property(...question, (features, policy, snapshot, clock, seed) => {
        const looks = looksAtFor(policy, features.requestedModel, snapshot);
        const blind = { ...features };
        for (const name of ['client', 'task', 'sensitivity', 'inputTokens', 'maxOutputTokens', 'session'] as const) {
          if (!looks[name]) Object.assign(blind, { [name]: plainFeatures[name] });
        }
        for (const name of ['stream', 'tools', 'images', 'schema', 'reasoning'] as const) {
          if (!looks[name]) Object.assign(blind, { [name]: false });
        }
        for (const name of ['headers', 'metadata'] as const) {
          blind[name] = Object.fromEntries(Object.entries(features[name]).filter(([key]) => looks[name].includes(key)));
        }
        const seen = decide(features, policy, snapshot, clock, seed);
        const unseen = decide(blind, policy, snapshot, clock, seed);
        if (JSON.stringify(blind) !== JSON.stringify(features)) masked += 1;
        if (JSON.stringify(answerOf(seen)) !== JSON.stringify(answerOf(unseen))) throw new Error('it did look');
      }),
      sizes,
    );
    expect(masked).toBeGreaterThan(500);
  });

  test('decided again from what was kept, it is the same decision and the same trace', () => {
    fc.assert(
      fc.property(...question, (features, policy, live, clock, seed) => {
        const snapshot = new WatchedSnapshot(live);
        const decision = decide(features, policy, snapshot, clock, seed);
        const { text } = keepQuestion({ features, policy, snapshot, clock, seed, decision });
        if (text === null) throw new Error('not kept');
        const again = replay(text, policy);
        if (JSON.stringify(again?.decision) !== JSON.stringify(decision)) throw new Error('another decision');
        const trace = explain(features, policy, snapshot, clock, seed);
        expect(again?.trace).toEqual(trace);
        if (JSON.stringify(again?.trace) !== JSON.stringify(trace)) throw new Error('another trace');
        if (readQuestion(text)?.seed !== seed) throw new Error('another seed');
      }),
      further,
    );
  });
});

test('the cases that are tried are of every kind: most can be answered, many in several ways, and every reason is met', () => {
  const samples = 6_000;
  const met = new Map<string, number>();
  const note = (what: string) => met.set(what, (met.get(what) ?? 0) + 1);
  for (const input of fc.sample(fc.tuple(...question), { numRuns: samples, seed: 20_261_120 })) {
    const { targets, strategy, candidates, resolvedAs } = explain(...input);
    const { fallbacks, shadow, refusal } = decide(...input);
    for (const code of new Set(candidates.map((candidate) => candidate.code))) note(code);
    note(resolvedAs);
    note(refusal === null ? 'answered' : refusal.kind);
    if (targets.length > 1) note(`several by ${strategy}`);
    if (targets.length > 1) note('several');
    if (Object.keys(fallbacks).length > 0) note('fallbacks');
    if (shadow) note('shadow');
    if (candidates.some(({ reason }) => reason.includes('answered this session last'))) note('session');
  }
  expect(met.get('answered')).toBeGreaterThan(samples / 2);
  expect(met.get('several')).toBeGreaterThan(samples / 5);
  const rare = [...met].filter(([, times]) => times < samples / 1_000);
  expect(rare).toEqual([]);
  const wanted = [...reasonCodes, 'rule', 'provider-model', 'alias', 'bare-model', 'unknown', 'fallbacks', 'shadow', 'session'];
  const kinds = ['denied', 'not-allowed', 'unknown-model', 'unlisted', 'no-key', 'too-long', 'no-target'];
  const ways = strategies.map((strategy) => `several by ${strategy}`);
  expect([...wanted, ...kinds, ...ways].filter((what) => !met.has(what))).toEqual([]);
});

/** The same policy, in which nobody may be asked for one target. */
function withoutTarget(policy: CompiledPolicy, name: string): CompiledPolicy {
  const { document } = policy;
  type Targets = (typeof document.aliases)[string]['targets'];
  const rest = (targets: Targets) => targets.filter((target) => (typeof target === 'string' ? target : target.model) !== name);
  const aliases = Object.fromEntries(
    Object.entries(document.aliases).map(([alias, route]) => [alias, { ...route, targets: rest(route.targets) }]),
  );
  const rules = document.policy.rules.map((rule) => {
    if (rule.use === undefined || typeof rule.use === 'string') return rule;
    return { ...rule, use: Array.isArray(rule.use) ? rest(rule.use) : { ...rule.use, targets: rest(rule.use.targets) } };
  });
  return compilePolicy({ ...document, aliases, policy: { rules } });
}
