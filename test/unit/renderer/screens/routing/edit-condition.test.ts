/** Holds the tests of a condition to their forms: what the form offers is accepted, and what it cannot show is not taken for something else. */
import { describe, expect, test } from 'vitest';
import { conditionSchema } from '../../../../../gateway/contract/policy/condition.ts';
import {
  conditionFields,
  numberMode,
  numbersOf,
  numberTest,
  textMode,
  textOf,
  textTest,
} from '../../../../../renderer/screens/routing/edit-condition.ts';

test.each(conditionFields)('the condition that is added for $name is accepted as it is', ({ name, first }) => {
  expect(conditionSchema.safeParse({ [name]: first }).success).toBe(true);
});

test('every part that the gateway knows is offered', () => {
  const known = Object.keys((conditionSchema as unknown as { readonly shape: object }).shape);
  const offered = [...conditionFields.map(({ name }) => name), 'all', 'any', 'not'];
  expect(offered.toSorted()).toEqual(known.toSorted());
});

describe('a test of a text', () => {
  test.each([
    ['gpt-*', 'is', 'gpt-*'],
    [['a', 'b'], 'one-of', 'a, b'],
    [{ matches: '^gpt' }, 'matches', '^gpt'],
    [true, 'there', ''],
    [false, 'absent', ''],
  ] as const)('%j is shown as %s and written back as it was', (value, mode, text) => {
    expect([textMode(value), textOf(value)]).toEqual([mode, text]);
    expect(textTest(mode, text)).toEqual(value);
  });

  test('in another form is not guessed', () => {
    expect([textMode(7), textMode({ matches: 'a', flags: 'i' }), textMode([1])]).toEqual([null, null, null]);
  });
});

describe('a test of a number', () => {
  test.each([
    [5, 'equals'],
    [{ atLeast: 5 }, 'atLeast'],
    [{ above: 5 }, 'above'],
    [{ below: 5 }, 'below'],
    [{ atLeast: 1, atMost: 5 }, 'between'],
  ] as const)('%j is shown as %s and written back as it was', (value, mode) => {
    expect(numberMode(value)).toBe(mode);
    expect(numberTest(mode, ...numbersOf(value))).toEqual(value);
  });

  test('with bounds that are not shown together is left alone', () => {
    expect([numberMode({ above: 1, below: 5 }), numberMode({})]).toEqual([null, null]);
  });

  test('keeps its number when its form changes', () => {
    expect(numberTest('between', ...numbersOf({ above: 7 }))).toEqual({ atLeast: 7, atMost: 7 });
    expect(numberTest('below', ...numbersOf({ atLeast: 1, atMost: 5 }))).toEqual({ below: 1 });
  });
});
