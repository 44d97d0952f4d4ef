/** The tests of a condition as a form shows them: which fields there are, and in which of its forms a test is written. Pure. */
import { dialectNames } from '../../../gateway/contract/dialect-names.ts';
import { inferredTasks, sensitivities, testedTiers } from '../../../gateway/contract/policy/condition.ts';
import { isObject } from '../../stores/json-value.ts';

export type FieldKind = 'text' | 'choice' | 'number' | 'boolean' | 'named' | 'time';

export interface ConditionField {
  readonly name: string;
  readonly label: string;
  readonly kind: FieldKind;
  /** What a test begins as when it is added. */
  readonly first: unknown;
  readonly choices?: readonly string[];
  readonly hint?: string;
}

export const conditionFields: readonly ConditionField[] = [
  { name: 'model', label: 'Model asked for', kind: 'text', first: '*', hint: '* stands for anything' },
  { name: 'client', label: 'Program', kind: 'text', first: '*' },
  {
    name: 'task',
    label: 'Task',
    kind: 'text',
    first: 'chat',
    choices: inferredTasks,
  },
  {
    name: 'sensitivity',
    label: 'Sensitivity',
    kind: 'choice',
    first: 'secret',
    choices: sensitivities,
    hint: 'of its key, under Settings, or by its header',
  },
  { name: 'tier', label: 'Tier', kind: 'choice', first: 'low', choices: testedTiers, hint: 'of its key, under Settings' },
  { name: 'inputTokens', label: 'Input tokens', kind: 'number', first: { atLeast: 10_000 } },
  { name: 'maxOutputTokens', label: 'Longest answer, tokens', kind: 'number', first: { atLeast: 1_000 } },
  {
    name: 'dialect',
    label: 'Format of the program',
    kind: 'text',
    first: 'openai-chat',
    choices: dialectNames,
  },
  { name: 'stream', label: 'Streamed', kind: 'boolean', first: true },
  { name: 'tools', label: 'Brings tools', kind: 'boolean', first: true },
  { name: 'images', label: 'Holds images', kind: 'boolean', first: true },
  { name: 'schema', label: 'Wants JSON', kind: 'boolean', first: true },
  { name: 'reasoning', label: 'Wants reasoning', kind: 'boolean', first: true },
  { name: 'header', label: 'Header', kind: 'named', first: { 'x-gatehouse-task': true } },
  { name: 'metadata', label: 'Metadata', kind: 'named', first: { team: true } },
  { name: 'time', label: 'Time of day', kind: 'time', first: { from: '22:00', to: '06:00' } },
];

export const groups = { any: 'Any of these', all: 'All of these', not: 'Not this' } as const;
export type GroupName = keyof typeof groups;

export type TextMode = 'is' | 'one-of' | 'matches' | 'there' | 'absent';

/** @returns null for a test in no form that the form knows */
export function textMode(test: unknown): TextMode | null {
  if (typeof test === 'string') return 'is';
  if (test === true) return 'there';
  if (test === false) return 'absent';
  if (Array.isArray(test) && test.every((one) => typeof one === 'string')) return 'one-of';
  return isObject(test) && typeof test.matches === 'string' && Object.keys(test).length === 1 ? 'matches' : null;
}

/** The text of a test, whatever its form; several with commas between them. */
export function textOf(test: unknown): string {
  if (typeof test === 'string') return test;
  if (Array.isArray(test)) return test.join(', ');
  return isObject(test) && typeof test.matches === 'string' ? test.matches : '';
}

export function textTest(mode: TextMode, text: string): unknown {
  if (mode === 'there') return true;
  if (mode === 'absent') return false;
  if (mode === 'matches') return { matches: text };
  return mode === 'one-of' ? listOf(text) : text;
}

export function listOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

export const numberModes = ['atLeast', 'above', 'atMost', 'below', 'equals', 'between'] as const;
export type NumberMode = (typeof numberModes)[number];

/** @returns null for bounds that the form does not show together */
export function numberMode(test: unknown): NumberMode | null {
  if (!isObject(test)) return 'equals';
  const names = Object.keys(test);
  if (names.length === 2 && 'atLeast' in test && 'atMost' in test) return 'between';
  return names.length === 1
    ? (numberModes.find((mode) => mode === names[0] && mode !== 'equals' && mode !== 'between') ?? null)
    : null;
}

/** The numbers of a test in its form: one, or both ends. */
export function numbersOf(test: unknown): readonly [unknown, unknown] {
  if (!isObject(test)) return [test, undefined];
  if (numberMode(test) === 'between') return [test.atLeast, test.atMost];
  return [Object.values(test)[0], undefined];
}

export function numberTest(mode: NumberMode, low: unknown, high: unknown): unknown {
  if (mode === 'equals') return low ?? 0;
  if (mode === 'between') return { atLeast: low ?? 0, atMost: high ?? low ?? 0 };
  return { [mode]: low ?? 0 };
}
