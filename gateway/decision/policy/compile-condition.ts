/** Makes a rule's condition into a tree of tests that is asked for every request, and that can say which of them failed. */
import type { Condition, NumberTest, OptionalTextTest, TextTest, TimeTest } from '../../contract/policy/condition.ts';
import { compilePattern } from './pattern.ts';
import type { DecisionClock, DecisionFeatures } from '../question.ts';
import { compileTime } from './wall-time.ts';
import { compileWildcard } from './wildcard.ts';

type Part = Exclude<keyof Condition, 'all' | 'any' | 'not'>;

type Holds = (features: DecisionFeatures, clock: DecisionClock) => boolean;

/** One test of one thing, as it was written. */
export type Leaf = { readonly [P in Part]: LeafOf<P> }[Part];

interface LeafOf<P extends Part> {
  readonly kind: 'leaf';
  readonly part: P;
  /** Of the header or of the metadata; else empty. */
  readonly name: string;
  readonly wanted: P extends 'header' | 'metadata' ? OptionalTextTest : Exclude<Condition[P], undefined>;
  readonly holds: Holds;
}

export type ConditionNode =
  | Leaf
  | { readonly kind: 'all'; readonly nodes: readonly ConditionNode[]; readonly holds: Holds }
  | { readonly kind: 'any'; readonly nodes: readonly ConditionNode[]; readonly holds: Holds }
  | { readonly kind: 'not'; readonly node: ConditionNode; readonly holds: Holds };

const textParts = ['model', 'client', 'dialect', 'task'] as const;
const flagParts = ['stream', 'tools', 'images', 'schema', 'reasoning'] as const;
const numberParts = ['inputTokens', 'maxOutputTokens'] as const;

/** Compiles a condition as the schema lets it through. Its patterns are read when a request first needs them. */
export function compileCondition(condition: Condition): ConditionNode {
  const nodes: ConditionNode[] = leavesOf(condition);
  if (condition.all) nodes.push(...condition.all.map(compileCondition));
  if (condition.any) nodes.push(joined('any', condition.any.map(compileCondition)));
  if (condition.not) nodes.push(negated(compileCondition(condition.not)));
  const [only] = nodes;
  return nodes.length === 1 && only ? only : joined('all', nodes);
}

function leavesOf(condition: Condition): Leaf[] {
  const leaves: Leaf[] = [];
  const add = (part: Part, wanted: unknown, holds: Holds, name = '') =>
    leaves.push({ kind: 'leaf', part, name, wanted, holds } as Leaf);
  for (const part of flagParts) {
    const wanted = condition[part];
    if (wanted !== undefined) add(part, wanted, (features) => features[part] === wanted);
  }
  for (const part of textParts) {
    const wanted = condition[part];
    if (wanted === undefined) continue;
    const test = compileText(wanted);
    const read = readText[part];
    add(part, wanted, (features) => {
      const text = read(features);
      return text !== null && test(text);
    });
  }
  const { sensitivity, tier, time } = condition;
  if (tier !== undefined) {
    const wanted = new Set([tier].flat());
    add('tier', tier, (features) => wanted.has(features.tier ?? 'none'));
  }
  if (sensitivity !== undefined) {
    const wanted = new Set([sensitivity].flat());
    add('sensitivity', sensitivity, (features) => wanted.has(features.sensitivity));
  }
  for (const part of numberParts) {
    const wanted = condition[part];
    if (wanted === undefined) continue;
    const test = compileNumber(wanted);
    add(part, wanted, (features) => {
      const number = features[part];
      return number !== null && test(number);
    });
  }
  if (time !== undefined) addTime(add, time);
  for (const [name, wanted] of Object.entries(condition.header ?? {})) {
    add('header', wanted, compileNamed('headers', name, wanted), name);
  }
  for (const [name, wanted] of Object.entries(condition.metadata ?? {})) {
    add('metadata', wanted, compileNamed('metadata', name, wanted), name);
  }
  return leaves;
}

type Add = (part: Part, wanted: unknown, holds: Holds) => void;

function addTime(add: Add, wanted: TimeTest): void {
  const test = compileTime(wanted);
  add('time', wanted, (_features, clock) => test(clock));
}

const readText: Record<(typeof textParts)[number], (features: DecisionFeatures) => string | null> = {
  model: (features) => features.requestedModel,
  client: (features) => features.client,
  dialect: (features) => features.dialect,
  task: (features) => features.task,
};

function compileNamed(where: 'headers' | 'metadata', name: string, wanted: OptionalTextTest): Holds {
  const test = typeof wanted === 'boolean' ? null : compileText(wanted);
  return (features) => {
    const text = namedText(features[where], name);
    if (test === null) return (text !== null) === wanted;
    return text !== null && test(text);
  };
}

/** A name such as `constructor` is none of the texts unless it was sent. */
export function namedText(texts: Readonly<Record<string, string>>, name: string): string | null {
  return Object.hasOwn(texts, name) ? (texts[name] ?? null) : null;
}

export function compileText(test: TextTest): (text: string) => boolean {
  if (typeof test === 'string') return compileWildcard(test);
  if (!Array.isArray(test)) return compilePattern((test as { readonly matches: string }).matches);
  const tests = test.map(compileWildcard);
  return (text) => tests.some((one) => one(text));
}

export function compileNumber(test: NumberTest): (number: number) => boolean {
  if (typeof test === 'number') return (number) => number === test;
  const { above = -1, atLeast = 0, below = Number.POSITIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = test;
  return (number) => number > above && number >= atLeast && number < below && number <= atMost;
}

function joined(kind: 'all' | 'any', nodes: readonly ConditionNode[]): ConditionNode {
  const holds: Holds =
    kind === 'all'
      ? (features, clock) => nodes.every((node) => node.holds(features, clock))
      : (features, clock) => nodes.some((node) => node.holds(features, clock));
  return { kind, nodes, holds };
}

function negated(node: ConditionNode): ConditionNode {
  return { kind: 'not', node, holds: (features, clock) => !node.holds(features, clock) };
}

/**
 * The first test of a condition that does not hold; null when all do.
 * Of an `any`, of which none holds, it is the whole; of a `not`, what holds against its will.
 */
export function findFailure(node: ConditionNode, features: DecisionFeatures, clock: DecisionClock): ConditionNode | null {
  if (node.holds(features, clock)) return null;
  if (node.kind !== 'all') return node;
  for (const part of node.nodes) {
    const failed = findFailure(part, features, clock);
    if (failed) return failed;
  }
  return node;
}

/** Every test in it, however deep. */
export function leavesIn(node: ConditionNode): readonly Leaf[] {
  if (node.kind === 'leaf') return [node];
  return node.kind === 'not' ? leavesIn(node.node) : node.nodes.flatMap(leavesIn);
}
