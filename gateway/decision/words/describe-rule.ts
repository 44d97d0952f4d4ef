/** Says a rule in one sentence, as lists of rules show it. */
import { type Route, type RouteTarget, wholeRoute } from '../../contract/policy/route.ts';
import type { Fallbacks, Parameters, RequestSettings, Rule, RuleLimits, Shadow } from '../../contract/policy/rule.ts';
import { dollars, duration, either, grouped } from './amounts.ts';
import { compileCondition } from '../policy/compile-condition.ts';
import { describeNode } from './condition-words.ts';

/** `When the task is "code", ask a/b, then c/d; at most $0.05 a call.` */
export function describeRule(rule: Rule): string {
  const always = rule.pin || rule.use || rule.deny ? 'Always ' : 'Always: ';
  const when = rule.when === undefined ? always : `When ${describeNode(compileCondition(rule.when))}, `;
  const sentence = `${when}${clausesOf(rule).join('; ')}.`;
  return rule.enabled ? sentence : `Switched off: ${sentence}`;
}

function clausesOf({ use, deny, pin, limits, parameters, fallbacks, shadow }: Rule): string[] {
  return [
    ...(pin === undefined ? [] : ['keep the request on this machine']),
    ...(use === undefined ? [] : [describeRoute(wholeRoute(use))]),
    ...(deny === undefined ? [] : [`refuse it: “${deny}”`]),
    ...(limits === undefined ? [] : describeLimits(limits)),
    ...(parameters === undefined ? [] : describeParameters(parameters)),
    ...(fallbacks === undefined ? [] : describeFallbacks(fallbacks)),
    ...(shadow === undefined ? [] : [describeShadow(shadow)]),
  ];
}

const nameOf = (target: RouteTarget): string => (typeof target === 'string' ? target : target.model);

function inOrder(targets: readonly RouteTarget[]): string {
  return targets.map(nameOf).join(', then ');
}

/** What is asked, in a clause that begins with a verb. */
export function describeRoute({ strategy, targets, sticky, splitBy }: Route): string {
  const names = targets.map(nameOf);
  const stays = sticky === undefined ? '' : ', and stay with who answered the session last';
  if (names.length === 1) return `ask ${names.join()}${stays}`;
  switch (strategy) {
    case 'first':
      return `ask ${inOrder(targets)}${stays}`;
    case 'weighted': {
      const split =
        splitBy === undefined || splitBy === 'request' ? '' : `, the same for all requests of a ${splitters[splitBy]}`;
      return `ask ${either(describeShares(targets))}${split}${stays}`;
    }
    case 'round-robin':
      return `ask ${either(names, 'and')} in turns${stays}`;
    case 'cheapest':
    case 'fastest':
      return `ask the ${strategy} of ${either(names, 'and')}${stays}`;
    case 'least-busy':
      return `ask the least busy of ${either(names, 'and')}${stays}`;
    case 'loaded':
      return `ask whichever of ${either(names, 'and')} is in memory${stays}`;
  }
}

const splitters = { client: 'program', session: 'session' } as const;

/** To the minute, as in the log of a server: a sentence is read in many time zones. */
const momentOf = (text: string): string => `${new Date(text).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

function describeShares(targets: readonly RouteTarget[]): string[] {
  const weights = targets.map((target) => (typeof target === 'string' ? 1 : (target.weight ?? 1)));
  const total = weights.reduce<number>((sum, weight) => (typeof weight === 'number' ? sum + weight : Number.NaN), 0);
  return targets.map((target, place) => {
    const weight = weights[place] ?? 1;
    if (typeof weight !== 'number') {
      const { from, to, startsAt, endsAt } = weight;
      const way = to < from ? 'falling' : 'growing';
      return `${nameOf(target)} (weight ${from} until ${momentOf(startsAt)}, ${way} to ${to} by ${momentOf(endsAt)})`;
    }
    if (!(total > 0)) return `${nameOf(target)} (weight ${weight})`;
    return `${nameOf(target)} (${Number(((weight / total) * 100).toPrecision(3))} %)`;
  });
}

function describeLimits({ maxCostUsd, unknownPrice, firstTokenMs, attempts, timeouts = {} }: RuleLimits): string[] {
  const { firstByteMs, idleMs, totalMs } = timeouts;
  const clauses: string[] = [];
  if (maxCostUsd !== undefined) {
    clauses.push(
      `at most ${dollars(maxCostUsd)} a call${unknownPrice === 'refuse' ? ', and nobody whose price is unknown' : ''}`,
    );
  } else if (unknownPrice === 'refuse') clauses.push('where a cost is limited, ask nobody whose price is unknown');
  if (firstTokenMs !== undefined) clauses.push(`ask last who needs more than ${duration(firstTokenMs)} to the first token`);
  if (attempts !== undefined) clauses.push(attempts === 1 ? 'one attempt' : `at most ${attempts} attempts`);
  if (firstByteMs !== undefined) clauses.push(`wait ${duration(firstByteMs)} at most for the first byte`);
  if (idleMs !== undefined) clauses.push(`wait ${duration(idleMs)} at most in a silence`);
  if (totalMs !== undefined) clauses.push(`take ${duration(totalMs)} at most in all`);
  return clauses;
}

function describeParameters({ defaults, overrides, caps }: Parameters): string[] {
  const clauses: string[] = [];
  const say = (settings: RequestSettings | undefined, before: string, after: string) => {
    const words = describeSettings(settings ?? {});
    if (words.length > 0) clauses.push(`${before}${either(words, 'and')}${after}`);
  };
  say(defaults, 'set ', ' where the request says nothing');
  say(overrides, 'always set ', '');
  say(caps, 'allow at most ', '');
  return clauses;
}

function describeSettings({ temperature, topP, maxOutputTokens, reasoningEffort, seed }: RequestSettings): string[] {
  return [
    ...(temperature === undefined ? [] : [`temperature ${temperature}`]),
    ...(topP === undefined ? [] : [`top-p ${topP}`]),
    ...(maxOutputTokens === undefined ? [] : [`${grouped(maxOutputTokens)} tokens of answer`]),
    ...(reasoningEffort === undefined ? [] : [`reasoning effort ${reasoningEffort}`]),
    ...(seed === undefined ? [] : [`seed ${seed}`]),
  ];
}

const kindWords = {
  overload: 'when a target is overloaded',
  timeout: 'when a target takes too long',
  contextTooLong: 'when the prompt is too long for a target',
  contentPolicy: 'when a target’s filter refuses',
} as const;

function describeFallbacks(fallbacks: Fallbacks): string[] {
  const kinds = ['overload', 'timeout', 'contextTooLong', 'contentPolicy'] as const;
  return kinds.flatMap((kind) => {
    const targets = fallbacks[kind];
    return targets === undefined ? [] : [`${kindWords[kind]}, ask ${inOrder(targets)}`];
  });
}

function describeShadow({ target, share, maxPerDay, maxUsdPerDay }: Shadow): string {
  const money = maxUsdPerDay === undefined ? '' : ` and ${dollars(maxUsdPerDay)}`;
  return `copy ${Number((share * 100).toPrecision(3))} % of the requests to ${target} (at most ${maxPerDay}${money} a day)`;
}
