/** The words of conditions: what a test wants, and what a request has instead. */
import { type NumberTest, type TextTest, type TimeTest, weekDays } from '../../contract/policy/condition.ts';
import { either, grouped, tokens } from './amounts.ts';
import { type ConditionNode, type Leaf, namedText } from '../policy/compile-condition.ts';
import type { DecisionClock, DecisionFeatures } from '../question.ts';
import { timeText, wallTime } from '../policy/wall-time.ts';

/** A condition as a clause: `the task is "code" and the prompt has more than 30,000 tokens`. */
export function describeNode(node: ConditionNode): string {
  if (node.kind === 'leaf') return describeLeaf(node, true);
  if (node.kind === 'not') {
    return node.node.kind === 'leaf' ? describeLeaf(node.node, false) : `it is not so that ${inBrackets(node.node)}`;
  }
  const link = node.kind === 'all' ? ' and ' : ' or ';
  return node.nodes.map(inBrackets).join(link);
}

function inBrackets(node: ConditionNode): string {
  const several = (node.kind === 'all' || node.kind === 'any') && node.nodes.length > 1;
  return several ? `(${describeNode(node)})` : describeNode(node);
}

/** Parts that are there or not: the words where they are, and where they are not. */
const flagWords = {
  stream: ['it is streamed', 'it is not streamed'],
  tools: ['it has tools', 'it has no tools'],
  images: ['it has images', 'it has no images'],
  schema: ['it asks for JSON', 'it does not ask for JSON'],
  reasoning: ['it asks for reasoning', 'it does not ask for reasoning'],
} as const;

const textSubjects = { model: 'the model', client: 'the program', dialect: 'the format', task: 'the task' } as const;

function describeLeaf(leaf: Leaf, holds: boolean): string {
  const not = holds ? '' : 'not ';
  switch (leaf.part) {
    case 'stream':
    case 'tools':
    case 'images':
    case 'schema':
    case 'reasoning':
      return flagWords[leaf.part][leaf.wanted === holds ? 0 : 1];
    case 'model':
    case 'client':
    case 'dialect':
    case 'task':
      return `${textSubjects[leaf.part]} is ${not}${textWords(leaf.wanted)}`;
    case 'sensitivity':
      return `it is ${not}${either([leaf.wanted].flat())}`;
    case 'tier':
      return `the tier of its key is ${not}${either([leaf.wanted].flat())}`;
    case 'inputTokens':
      return `the prompt has ${not}${numberWords(leaf.wanted)} tokens`;
    case 'maxOutputTokens':
      return `the answer may ${not}have ${numberWords(leaf.wanted)} tokens`;
    case 'time':
      return `it is ${not}${timeWords(leaf.wanted)}`;
    case 'header':
      return describeNamed(`header ${leaf.name}`, leaf.wanted, holds);
    case 'metadata':
      return describeNamed(`metadata ${leaf.name}`, leaf.wanted, holds);
  }
}

function describeNamed(what: string, wanted: boolean | TextTest, holds: boolean): string {
  if (typeof wanted === 'boolean') return wanted === holds ? `it has the ${what}` : `it has no ${what}`;
  return `its ${what} is ${holds ? '' : 'not '}${textWords(wanted)}`;
}

function textWords(test: TextTest): string {
  if (typeof test === 'string') return `"${test}"`;
  if (Array.isArray(test)) return either(test.map((one) => `"${one}"`));
  return `one that matches /${(test as { readonly matches: string }).matches}/`;
}

function numberWords(test: NumberTest): string {
  if (typeof test === 'number') return grouped(test);
  const { above, atLeast, below, atMost } = test;
  const words = [
    above === undefined ? '' : `more than ${grouped(above)}`,
    atLeast === undefined ? '' : `at least ${grouped(atLeast)}`,
    below === undefined ? '' : `fewer than ${grouped(below)}`,
    atMost === undefined ? '' : `at most ${grouped(atMost)}`,
  ];
  return words.filter((word) => word !== '').join(' and ');
}

const dayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

export function timeWords({ from, to, days }: TimeTest): string {
  const named = weekDays.flatMap((day, place) => (days?.includes(day) ? (dayNames[place] ?? []) : []));
  const onDays = named.length === 0 ? '' : `on ${either(named)}`;
  if (from === to) return onDays || 'any time';
  return `between ${from} and ${to}${onDays === '' ? '' : ` ${onDays}`}`;
}

/** Why a condition does not hold, in a clause: what the request has, and what the test that failed wants. */
export function describeFailure(failed: ConditionNode, features: DecisionFeatures, clock: DecisionClock): string {
  if (failed.kind === 'leaf') return describeLeafFailure(failed, features, clock);
  if (failed.kind === 'not') return `it must not be so that ${describeNode(failed.node)}`;
  return `it is not so that ${describeNode(failed)}`;
}

function describeLeafFailure(leaf: Leaf, features: DecisionFeatures, clock: DecisionClock): string {
  switch (leaf.part) {
    case 'stream':
    case 'tools':
    case 'images':
    case 'schema':
    case 'reasoning':
      return flagWords[leaf.part][leaf.wanted ? 1 : 0];
    case 'model':
      return hasInstead('its model', features.requestedModel, leaf.wanted);
    case 'client':
      return hasInstead('its program', features.client, leaf.wanted);
    case 'dialect':
      return hasInstead('its format', features.dialect, leaf.wanted);
    case 'task':
      return hasInstead('its task', features.task, leaf.wanted);
    case 'sensitivity':
      return `it is ${features.sensitivity}, not ${either([leaf.wanted].flat())}`;
    case 'tier':
      return `the tier of its key is ${features.tier ?? 'none'}, not ${either([leaf.wanted].flat())}`;
    case 'inputTokens':
      return `its prompt has about ${tokens(features.inputTokens)}, not ${numberWords(leaf.wanted)}`;
    case 'maxOutputTokens':
      return features.maxOutputTokens === null
        ? 'it does not say how long its answer may be'
        : `its answer may have ${tokens(features.maxOutputTokens)}, not ${numberWords(leaf.wanted)}`;
    case 'time': {
      const { minuteOfDay, weekDay } = wallTime(clock);
      return `it came at ${timeText(minuteOfDay)} on a ${dayNames[weekDay]}, not ${timeWords(leaf.wanted)}`;
    }
    case 'header':
      return namedFailure(`header ${leaf.name}`, namedText(features.headers, leaf.name), leaf.wanted);
    case 'metadata':
      return namedFailure(`metadata ${leaf.name}`, namedText(features.metadata, leaf.name), leaf.wanted);
  }
}

function hasInstead(subject: string, text: string | null, wanted: TextTest): string {
  return text === null ? `${subject} has no name` : `${subject} is "${text}", not ${textWords(wanted)}`;
}

function namedFailure(what: string, text: string | null, wanted: boolean | TextTest): string {
  if (text === null) return `it has no ${what}`;
  return typeof wanted === 'boolean' ? `it has the ${what}` : hasInstead(`its ${what}`, text, wanted);
}
