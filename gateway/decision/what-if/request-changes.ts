/** Finds how a request would have to be for a condition to hold, or to hold no longer, each test by its nearest value. */
import type { NumberTest, TextTest } from '../../contract/policy/condition.ts';
import { sensitivities, type TestedTier, testedTiers } from '../../contract/policy/condition.ts';
import { tokens } from '../words/amounts.ts';
import { type ConditionNode, type Leaf, namedText } from '../policy/compile-condition.ts';
import { answersWithText } from '../estimate.ts';
import type { DecisionClock, DecisionFeatures } from '../question.ts';
import { minuteOf, timeText, wallTime } from '../policy/wall-time.ts';

/** A request as it would be, and in which words it differs. */
export interface Altered {
  readonly features: DecisionFeatures;
  readonly clock: DecisionClock;
  readonly words: readonly string[];
}

/** @returns null where no such request was found, as for a pattern */
export function satisfy(node: ConditionNode, from: Altered): Altered | null {
  if (node.holds(from.features, from.clock)) return from;
  if (node.kind === 'not') return violate(node.node, from);
  if (node.kind === 'all') return each(node.nodes, from, satisfy);
  if (node.kind === 'any') return firstOf(node.nodes, from, satisfy);
  return checked(node, true, satisfyLeaf(node, from));
}

/** @returns null where no such request was found */
export function violate(node: ConditionNode, from: Altered): Altered | null {
  if (!node.holds(from.features, from.clock)) return from;
  if (node.kind === 'not') return satisfy(node.node, from);
  if (node.kind === 'all') return firstOf(node.nodes, from, violate);
  if (node.kind === 'any') return each(node.nodes, from, violate);
  return checked(node, false, violateLeaf(node, from));
}

type Alter = (node: ConditionNode, from: Altered) => Altered | null;

function each(nodes: readonly ConditionNode[], from: Altered, alter: Alter): Altered | null {
  return nodes.reduce<Altered | null>((reached, node) => (reached === null ? null : alter(node, reached)), from);
}

function firstOf(nodes: readonly ConditionNode[], from: Altered, alter: Alter): Altered | null {
  for (const node of nodes) {
    const reached = alter(node, from);
    if (reached) return reached;
  }
  return null;
}

function checked(leaf: Leaf, wanted: boolean, altered: Altered | null): Altered | null {
  return altered !== null && leaf.holds(altered.features, altered.clock) === wanted ? altered : null;
}

function withFeatures(from: Altered, words: string, features: Partial<DecisionFeatures>): Altered {
  return { ...from, features: { ...from.features, ...features }, words: [...from.words, words] };
}

const flagWords = {
  stream: ['it was streamed', 'it was not streamed'],
  tools: ['it had tools', 'it had no tools'],
  images: ['it had images', 'it had no images'],
  schema: ['it asked for JSON', 'it did not ask for JSON'],
  reasoning: ['it asked for reasoning', 'it did not ask for reasoning'],
} as const;
type Flag = keyof typeof flagWords;

export function withFlag(from: Altered, flag: Flag, value: boolean): Altered {
  return withFeatures(from, flagWords[flag][value ? 0 : 1], { [flag]: value });
}

function satisfyLeaf(leaf: Leaf, from: Altered): Altered | null {
  switch (leaf.part) {
    case 'stream':
    case 'tools':
    case 'images':
    case 'schema':
    case 'reasoning':
      return withFlag(from, leaf.part, leaf.wanted);
    case 'model':
    case 'client':
    case 'task':
    case 'dialect':
      return withText(from, leaf.part, leaf.wanted);
    case 'sensitivity':
      return withSensitivity(from, [leaf.wanted].flat()[0] ?? 'normal');
    case 'tier':
      return withTier(from, [leaf.wanted].flat()[0] ?? 'none');
    case 'inputTokens':
    case 'maxOutputTokens':
      return withNumber(from, leaf.part, nearestWithin(leaf.wanted, from.features[leaf.part] ?? 0));
    case 'header':
    case 'metadata': {
      const text = typeof leaf.wanted === 'boolean' ? 'yes' : exampleOf(leaf.wanted);
      return text === null ? null : withNamed(from, leaf.part, leaf.name, leaf.wanted === false ? null : text);
    }
    case 'time':
      return withTime(from, leaf, true);
  }
}

function violateLeaf(leaf: Leaf, from: Altered): Altered | null {
  switch (leaf.part) {
    case 'stream':
    case 'tools':
    case 'images':
    case 'schema':
    case 'reasoning':
      return withFlag(from, leaf.part, !leaf.wanted);
    case 'task':
      return firstChecked(['chat', 'code', 'tools', 'extraction'], leaf, (task) => withText(from, 'task', task) ?? from);
    case 'client':
      return withFeatures(from, 'it came from another program', { client: 'another program' });
    case 'sensitivity':
      return firstChecked([...sensitivities], leaf, (one) => withSensitivity(from, one));
    case 'tier':
      return firstChecked([...testedTiers], leaf, (one) => withTier(from, one));
    case 'inputTokens':
    case 'maxOutputTokens': {
      const { part, wanted } = leaf;
      return firstChecked(boundsOf(wanted), leaf, (number) => withNumber(from, part, number));
    }
    case 'header':
    case 'metadata': {
      const { part, name } = leaf;
      return firstChecked([null, 'another'], leaf, (text) => withNamed(from, part, name, text));
    }
    case 'time':
      return withTime(from, leaf, false);
    default:
      return null;
  }
}

function firstChecked<T>(values: readonly T[], leaf: Leaf, alter: (value: T) => Altered): Altered | null {
  for (const value of values) {
    const altered = checked(leaf, false, alter(value));
    if (altered) return altered;
  }
  return null;
}

/** A text for which a test holds; null for a pattern. */
function exampleOf(test: TextTest | boolean): string | null {
  const wildcard = Array.isArray(test) ? (test[0] ?? null) : test;
  if (typeof wildcard !== 'string') return null;
  return wildcard.replaceAll('*', '') || 'any';
}

const textSubjects = { client: 'its program', task: 'its task' } as const;

/** @returns null for a pattern, and for a format in which the same cannot be said */
function withText(from: Altered, part: 'model' | 'client' | 'task' | 'dialect', wanted: TextTest): Altered | null {
  const text = exampleOf(wanted);
  if (text === null) return null;
  const [first] = [wanted].flat();
  const named = typeof first === 'string' && first.includes('*') ? `like "${first}"` : `"${text}"`;
  if (part === 'model') {
    const which = named.startsWith('like') ? 'a model' : 'the model';
    return withFeatures(from, `it asked for ${which} ${named}`, { requestedModel: text });
  }
  if (part === 'dialect') {
    if (!answersWithText(from.features) || !answersWithText({ dialect: text })) return null;
    const dialects = [text, ...from.features.dialects.filter((other) => other !== text)];
    return withFeatures(from, `it came in the format ${text}`, { dialect: text, dialects });
  }
  return withFeatures(from, `${textSubjects[part]} was ${named}`, { [part]: text });
}

function withSensitivity(from: Altered, sensitivity: DecisionFeatures['sensitivity']): Altered {
  return withFeatures(from, `its sensitivity was "${sensitivity}"`, { sensitivity });
}

function withTier(from: Altered, tier: TestedTier): Altered {
  const words = tier === 'none' ? 'its key had no tier' : `the tier of its key was ${tier}`;
  return withFeatures(from, words, { tier: tier === 'none' ? null : tier });
}

export function withNumber(from: Altered, part: 'inputTokens' | 'maxOutputTokens', number: number): Altered {
  const before = from.features[part];
  const bound = before === null || number > before ? 'at least' : 'at most';
  const words =
    part === 'inputTokens' ? `its prompt had ${bound} ${tokens(number)}` : `it asked for ${bound} ${tokens(number)} of answer`;
  return withFeatures(from, words, { [part]: number });
}

function nearestWithin(test: NumberTest, number: number): number {
  if (typeof test === 'number') return test;
  const { above = -1, atLeast = 0, below = Number.POSITIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = test;
  const least = Math.max(Math.floor(above) + 1, Math.ceil(atLeast));
  const most = Math.min(Math.ceil(below) - 1, Math.floor(atMost));
  return Math.min(Math.max(number, least), most);
}

/** Numbers just outside. */
function boundsOf(test: NumberTest): readonly number[] {
  if (typeof test === 'number') return [test + 1];
  const { above, atLeast, below, atMost } = test;
  const outside = [
    above === undefined ? -1 : Math.floor(above),
    atLeast === undefined ? -1 : Math.ceil(atLeast) - 1,
    below === undefined ? -1 : Math.ceil(below),
    atMost === undefined ? -1 : Math.floor(atMost) + 1,
  ];
  return outside.filter((number) => number >= 0);
}

function withNamed(from: Altered, part: 'header' | 'metadata', name: string, text: string | null): Altered {
  const where = part === 'header' ? 'headers' : 'metadata';
  const others = Object.entries(from.features[where]).filter(([other]) => other !== name);
  const had = namedText(from.features[where], name) !== null;
  const anew = part === 'header' ? 'it had a' : 'it had';
  const words =
    text === null ? `it had no ${part} ${name}` : `${had ? 'its' : anew} ${part} ${name}${had ? ' was' : ''} "${text}"`;
  return withFeatures(from, words, { [where]: Object.fromEntries(text === null ? others : [...others, [name, text]]) });
}

const minuteMs = 60_000;
const dayMinutes = 1_440;
const dayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

/** The next moment within a week at which the test begins to hold, or to fail. */
function withTime(from: Altered, leaf: Leaf & { readonly part: 'time' }, wanted: boolean): Altered | null {
  const { minuteOfDay } = wallTime(from.clock);
  const edges = [minuteOf(leaf.wanted.from), minuteOf(leaf.wanted.to), 0];
  const waits = edges.flatMap((edge) => Array.from({ length: 9 }, (_, day) => day * dayMinutes + edge - minuteOfDay));
  for (const wait of waits.filter((minutes) => minutes > 0).sort((one, other) => one - other)) {
    const clock = { ...from.clock, atMs: from.clock.atMs + wait * minuteMs };
    if (leaf.holds(from.features, clock) !== wanted) continue;
    const { minuteOfDay: minute, weekDay } = wallTime(clock);
    return { ...from, clock, words: [...from.words, `it came at ${timeText(minute)} on a ${dayNames[weekDay]}`] };
  }
  return null;
}
