/** What a person reads of a policy that is wrong: for each mistake its place in the document, and what to do, in plain words. */
import { describe, expect, test } from 'vitest';
import { validatePolicy } from '../../gateway/validate-policy.ts';

const document = {
  version: 1,
  providers: [
    { id: 'openai', kind: 'openai', keys: ['env:KEY'], models: ['gpt-5', 'gpt-5-mini'] },
    { id: 'ollama', kind: 'ollama', models: ['qwen3:8b'] },
    { id: 'off', kind: 'openai-compatible', baseUrl: 'http://10.0.0.1/v1', enabled: false, models: ['z'] },
  ],
  aliases: { fast: { targets: ['openai/gpt-5-mini'] } },
};
const listed: Readonly<Record<string, readonly string[]>> = { openai: ['gpt-5', 'gpt-5-mini'], ollama: ['qwen3:8b'], off: ['z'] };
const lists = {
  isListed: (model: string) => Object.values(listed).some((models) => models.includes(model)),
  lists: (provider: string, model: string) => listed[provider]?.includes(model) ?? null,
};

type Draft = Parameters<typeof validatePolicy>[0];
const told = (rules: unknown, aliases?: unknown) => {
  const draft = { rules, ...(aliases === undefined ? {} : { aliases }) } as Draft;
  return validatePolicy(draft, document, lists).problems.map(({ severity, path, message }) => `${severity} ${path}: ${message}`);
};
const use = 'openai/gpt-5';
const rule = (part: object) => [{ name: 'a', ...part }];
const when = (part: object) => [{ name: 'a', use, when: part }];
const weighted = (...weights: unknown[]) =>
  rule({ use: { strategy: 'weighted', targets: weights.map((weight, place) => ({ model: place ? 'fast' : use, weight })) } });
const span = { startsAt: '2026-11-20T09:00:00Z', endsAt: '2026-11-27T09:00:00Z' };

describe('the form', () => {
  test.each([
    [['x'], 'policy.rules.0: must be fields with values, in { }'],
    [[null], 'policy.rules.0: must be fields with values, in { }'],
    [[{ use }], 'policy.rules.0.name: is missing'],
    [[{ name: 5, use }], 'policy.rules.0.name: must be a text, in quotes'],
    [[{ name: '', use }], 'policy.rules.0.name: must not be empty'],
    [[{ name: 'x'.repeat(101), use }], 'policy.rules.0.name: must have at most 100 characters'],
    [[{ name: 'a', use, enabled: 'yes' }], 'policy.rules.0.enabled: must be true or false'],
    [
      [
        { name: 'a', use },
        { name: 'a', pin: 'local' },
      ],
      'policy.rules.1.name: "a" is used twice; every rule needs its own',
    ],
    [
      Array.from({ length: 201 }, (_each, place) => ({ name: `${place}`, deny: 'no' })),
      'policy.rules: must have at most 200 items',
    ],
    [rule({}), 'policy.rules.0.use: does nothing yet: give it one of use, deny, pin, parameters, limits, fallbacks, shadow'],
    [
      rule({ limits: {} }),
      'policy.rules.0.use: does nothing yet: give it one of use, deny, pin, parameters, limits, fallbacks, shadow',
    ],
    [rule({ use, usee: 1 }), 'policy.rules.0.usee: is not a known setting'],
    [rule({ use, deny: 'no' }), 'policy.rules.0.deny: cannot stand beside use: a rule sends on or refuses'],
    [rule({ deny: '' }), 'policy.rules.0.deny: must not be empty'],
    [rule({ pin: 'remote' }), 'policy.rules.0.pin: must be "local"'],
    [rule({ limits: { maxCostUsd: -1 } }), 'policy.rules.0.limits.maxCostUsd: must be at least 0'],
    [rule({ limits: { attempts: 1.5 } }), 'policy.rules.0.limits.attempts: must be a whole number'],
    [rule({ parameters: { defaults: { temperature: 9 } } }), 'policy.rules.0.parameters.defaults.temperature: must be at most 2'],
    [
      rule({ parameters: { overrides: { seed: 1, top_k: 9 } } }),
      'policy.rules.0.parameters.overrides.top_k: is not a known setting',
    ],
    [rule({ shadow: { target: use, share: 0 } }), 'policy.rules.0.shadow.share: must be more than 0'],
    [rule({ shadow: { target: use, share: 5 } }), 'policy.rules.0.shadow.share: must be at most 1'],
    [rule({ shadow: { share: 0.5 } }), 'policy.rules.0.shadow.target: is missing'],
  ])('of a rule: %j', (rules, problem) => expect(told(rules)).toEqual([`error ${problem}`]));

  test.each([
    [rule({ use: 5 }), 'use: must be a model name, a list of them, or {"strategy": …, "targets": […]}'],
    [rule({ use: [] }), 'use: must not be empty'],
    [rule({ use: { strategy: 'first' } }), 'use.targets: is missing'],
    [
      rule({ use: { strategy: 'best', targets: [use] } }),
      'use.strategy: must be "first", "weighted", "round-robin", "cheapest", "fastest", "least-busy" or "loaded"',
    ],
    [rule({ use: { splitBy: 'client', targets: [use] } }), 'use.splitBy: goes with the strategy weighted only'],
    [rule({ use: { targets: [{ model: use, weight: 1 }] } }), 'use.strategy: must be weighted where a target has a weight'],
    [weighted(-1), 'use.targets.0.weight: must be at least 0'],
    [weighted('a'), 'use.targets.0.weight: must be a number, or {"from": …, "to": …, "startsAt": …, "endsAt": …}'],
    [weighted({ from: 0, ...span }), 'use.targets.0.weight.to: is missing'],
    [weighted({ from: 0, to: 1, ...span, endsAt: span.startsAt }), 'use.targets.0.weight.endsAt: must be later than startsAt'],
    [
      weighted({ from: 0, to: 1, ...span, endsAt: 'friday' }),
      'use.targets.0.weight.endsAt: must be a moment such as 2026-11-27T09:00:00Z',
    ],
  ])('of a route: %j', (rules, problem) => expect(told(rules)).toContain(`error policy.rules.0.${problem}`));

  test.each([
    [{ modle: 'x' }, '.modle: is not a known setting'],
    [{ any: [] }, '.any: must not be empty'],
    [{ sensitivity: 'top' }, '.sensitivity: must be normal, private or secret, or a list of them'],
    [{ time: { to: '24:00' } }, '.time.to: must be a time of day such as 22:00'],
    [{ time: { days: ['monday'] } }, '.time.days.0: must be "mon", "tue", "wed", "thu", "fri", "sat" or "sun"'],
    [{ inputTokens: {} }, '.inputTokens: needs one of above, atLeast, below, atMost'],
    [
      { inputTokens: '>5' },
      '.inputTokens: must be a number, or {"above": …, "atLeast": …, "below": …, "atMost": …} with one of them at least',
    ],
    [{ header: { authorization: true } }, '.header.authorization: carries a key, and a rule must not look at it'],
    [{ header: { 'X-Team': true } }, '.header.X-Team: must be a header name in lower case'],
    [{ model: { matches: 'a'.repeat(513) } }, '.model.matches: must have at most 512 characters'],
    [{ model: { matches: 'a', flags: 'i' } }, '.model.flags: is not a known setting'],
    [{ model: { matches: '(' } }, '.model.matches: is not a regular expression that can be used here: missing closing ): `(`'],
    [
      { any: [{ model: { matches: '(a)\\1' } }] },
      '.any.0.model.matches: is not a regular expression that can be used here: invalid escape sequence: `\\1` (looking around and referring back are left out: their time has no bound)',
    ],
    [
      { model: { matches: '((a{1000}){1000}){10}' } },
      '.model.matches: is not a regular expression that can be used here: invalid repeat count: `{1000}`',
    ],
  ])('of a condition: %j', (condition, problem) =>
    expect(told(when(condition))).toEqual([`error policy.rules.0.when${problem}`]),
  );

  test.each([
    [{ a: 'openai/gpt-5' }, 'aliases.a: must be fields with values, in { }'],
    [{ a: { targets: [] } }, 'aliases.a.targets: must not be empty'],
    [{ 'a/b': { targets: [use] } }, 'aliases.a/b: an alias must not hold a slash; that form names provider/model'],
  ])('of an alias: %j', (aliases, problem) => expect(told([], aliases)).toEqual([`error ${problem}`]));
});

describe('what it says', () => {
  test.each([
    [
      rule({ use: 'gone/x' }),
      'error policy.rules.0.use: names the provider "gone", which is not there; there are openai, ollama and off (a model whose own name has a slash is written provider/gone/x)',
    ],
    [rule({ use: 'nothing' }), 'warning policy.rules.0.use: "nothing" is neither an alias nor a model that a provider lists'],
    [
      rule({ use: 'openai/gpt-99' }),
      'warning policy.rules.0.use: the provider openai does not list "gpt-99"; it is asked for it all the same',
    ],
    [rule({ use: 'off/z' }), 'warning policy.rules.0.use: the provider off is switched off, so it is never asked'],
    [rule({ use: [use, use] }), `warning policy.rules.0.use.1: names ${use} a second time; only its first place counts`],
    [
      weighted(0, 0),
      'warning policy.rules.0.use.targets: every weight is 0, so the targets are asked as they are written; give one of them a weight',
    ],
    [
      rule({ pin: 'local', use: [use, 'fast'] }),
      'warning policy.rules.0.use: none of these targets runs on this machine, where the rule "a" keeps the request: it refuses all of them',
    ],
    [
      [{ name: 'p', when: { task: 'code' }, pin: 'local' }, ...rule({ use, when: { task: 'code', stream: true } })],
      'warning policy.rules.1.use: none of these targets runs on this machine, where the rule "p" keeps the request: it refuses all of them',
    ],
    [
      rule({ pin: 'local', fallbacks: { overload: ['ollama/qwen3:8b', use] } }),
      'warning policy.rules.0.fallbacks.overload.1: does not run on this machine, where the rule "a" keeps the request: it is never asked',
    ],
    [
      rule({ pin: 'local', shadow: { target: use, share: 1 } }),
      'warning policy.rules.0.shadow.target: does not run on this machine, where the rule "a" keeps the request: it is sent no copy',
    ],
    [
      when({ all: [{ time: { from: '08:00', to: '09:00' } }, { time: { from: '22:00', to: '07:00' } }] }),
      'warning policy.rules.0.when: can never hold: its times have no moment in common',
    ],
    [
      when({ inputTokens: { above: 10, below: 5 } }),
      'warning policy.rules.0.when.inputTokens: can never hold: no number is within these bounds',
    ],
    [
      [...when({}), { name: 'b', deny: 'no' }],
      'warning policy.rules.1.deny: never decides: the rule "a" above it holds for every request; move this one above it',
    ],
    [
      [...when({ task: 'code' }), { name: 'b', deny: 'no', when: { task: 'code', tools: true } }],
      'warning policy.rules.1.deny: never decides: the rule "a" above it holds for every request that this one holds for; move this one above it',
    ],
  ])('%j', (rules, problem) => expect(told(rules)).toEqual([problem]));

  test.each([
    [when({ model: { matches: '(a+)+$' } })],
    [[...when({ task: 'code' }), { name: 'b', deny: 'no', when: { task: 'chat' } }]],
    [[...when({ task: 'code', tools: true }), { name: 'b', deny: 'no', when: { task: 'code' } }]],
    [[{ name: 'p', enabled: false, pin: 'local' }, ...rule({ use })]],
    [[{ name: 'p', when: { sensitivity: 'secret' }, pin: 'local' }, ...rule({ use })]],
    [when({ all: [{ time: { from: '20:00', to: '04:00', days: ['fri'] } }, { time: { to: '05:00', days: ['sat'] } }] })],
    [when({ any: [{ time: { to: '01:00' } }, { time: { from: '02:00', to: '03:00' } }] })],
  ])('sound: %j', (rules) => expect(told(rules)).toEqual([]));

  test.each([
    ['b', '"b" is an alias too'],
    ['a', '"a" is this alias itself'],
  ])('an alias that leads to the alias %s', (target, words) => {
    const rest = "and an alias leads to models only: here it is read as a model's id";
    const aliases = { a: { targets: [target] }, b: { targets: [use] } };
    expect(told([], aliases)).toEqual([`warning aliases.a.targets.0: ${words}, ${rest}`]);
  });
});
