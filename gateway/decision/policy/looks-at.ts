/** Finds out what of a request a policy may look at, so that nothing else has to be read of it. */
import { leavesIn, type ConditionNode, type Leaf } from './compile-condition.ts';
import type { CompiledPolicy, CompiledRoute, CompiledRule, LooksAt } from './compiled-policy.ts';
import type { DecisionFeatures, DecisionSnapshot } from '../question.ts';
import { splitName } from './split-name.ts';

type Flag = Exclude<keyof LooksAt, 'headers' | 'metadata'>;

interface Looked {
  readonly flags: Set<Flag>;
  readonly headers: Set<string>;
  readonly metadata: Set<string>;
}

/** What decides whether a target can do a request at all. */
const abilities: readonly Flag[] = ['inputTokens', 'maxOutputTokens', 'tools', 'images', 'schema', 'reasoning'];

export const looksAtNothing: LooksAt = listLooked({ flags: new Set(), headers: new Set(), metadata: new Set() });

/** What any request may be looked at for. A name that no rule speaks of may lead to several providers. */
export function looksAtOf(rules: readonly CompiledRule[], routes: readonly CompiledRoute[]): LooksAt {
  const looked: Looked = { flags: new Set(), headers: new Set(), metadata: new Set() };
  for (const rule of rules) addRule(looked, rule);
  for (const route of routes) addRoute(looked, route);
  return listLooked(looked);
}

/** The same names come again and again; a client that makes up ever new ones must not fill the memory. */
const keptAtMost = 512;
const keptOf = new WeakMap<CompiledPolicy, Map<string, LooksAt>>();

/**
 * What a request for this model may be looked at for: what rules that could hold for it test, what its targets differ by.
 * Where it names one target and no rule could say anything, that is nothing.
 */
export function looksAtFor(policy: CompiledPolicy, requestedModel: string, snapshot: DecisionSnapshot): LooksAt {
  const direct = splitName(requestedModel, policy.providers) !== null;
  if (direct && policy.enabledRules.length === 0) return looksAtNothing;
  const isBare = !direct && !policy.aliases.has(requestedModel);
  const several = isBare && snapshot.listing(requestedModel).length > 1;
  const kept = keptOf.get(policy) ?? new Map<string, LooksAt>();
  const key = several ? `*${requestedModel}` : ` ${requestedModel}`;
  const known = kept.get(key);
  if (known) return known;
  const found = findLooksAt(policy, requestedModel, several);
  if (kept.size >= keptAtMost) kept.clear();
  keptOf.set(policy, kept.set(key, found));
  return found;
}

function findLooksAt(policy: CompiledPolicy, requestedModel: string, several: boolean): LooksAt {
  const looked: Looked = { flags: new Set(), headers: new Set(), metadata: new Set() };
  const rules = policy.enabledRules.filter(({ condition }) => mayHold(condition, requestedModel));
  for (const rule of rules) addRule(looked, rule);
  const isDecided = rules.some(({ condition, route, deny }) => condition === null && (route !== null || deny !== null));
  const alias = policy.aliases.get(requestedModel);
  if (!isDecided && several) addFlags(looked, abilities);
  if (!isDecided && alias) addRoute(looked, alias);
  return listLooked(looked);
}

/** Could it hold for a request that names this model, whatever else it is? */
function mayHold(condition: ConditionNode | null, requestedModel: string): boolean {
  if (condition === null) return true;
  if (condition.kind === 'all') return condition.nodes.every((node) => mayHold(node, requestedModel));
  if (condition.kind === 'any') return condition.nodes.some((node) => mayHold(node, requestedModel));
  if (condition.kind !== 'leaf' || condition.part !== 'model') return true;
  return condition.holds({ requestedModel } as DecisionFeatures, { atMs: 0, utcOffsetMinutes: 0 });
}

function addRule(looked: Looked, rule: CompiledRule): void {
  for (const { part, name } of rule.condition === null ? [] : leavesIn(rule.condition)) {
    if (part === 'header') looked.headers.add(name);
    else if (part === 'metadata') looked.metadata.add(name);
    else if (!isKnownAnyway(part)) looked.flags.add(part);
  }
  if (rule.route) addRoute(looked, rule.route);
  if (rule.limits?.maxCostUsd !== undefined) addFlags(looked, ['inputTokens', 'maxOutputTokens']);
  for (const route of rule.fallbacks?.values() ?? []) addRoute(looked, route);
  if (rule.shadow) addRoute(looked, rule.shadow.route);
}

/** What costs nothing to know is known of every request. */
function isKnownAnyway(part: Leaf['part']): part is Exclude<Leaf['part'], Flag> {
  return part === 'model' || part === 'dialect' || part === 'tier' || part === 'time';
}

function addRoute(looked: Looked, route: CompiledRoute): void {
  if (route.fixed === null || route.fixed.length > 1) addFlags(looked, abilities);
  if (route.keepsSessions) looked.flags.add('session');
  for (const { splitBy } of [route, ...route.entries.flatMap(({ alias }) => alias ?? [])]) {
    if (splitBy !== 'request') looked.flags.add(splitBy);
  }
}

function addFlags(looked: Looked, flags: readonly Flag[]): void {
  for (const flag of flags) looked.flags.add(flag);
}

function listLooked({ flags, headers, metadata }: Looked): LooksAt {
  return {
    headers: [...headers].sort(),
    metadata: [...metadata].sort(),
    client: flags.has('client'),
    task: flags.has('task'),
    sensitivity: flags.has('sensitivity'),
    inputTokens: flags.has('inputTokens'),
    maxOutputTokens: flags.has('maxOutputTokens'),
    stream: flags.has('stream'),
    tools: flags.has('tools'),
    images: flags.has('images'),
    schema: flags.has('schema'),
    reasoning: flags.has('reasoning'),
    session: flags.has('session'),
  };
}
