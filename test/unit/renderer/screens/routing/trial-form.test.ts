/** Holds a request that is tried to what such a program would send, and tells what is missing at its field. */
import { expect, test } from 'vitest';
import { dialectNames } from '../../../../../gateway/contract/dialect-names.ts';
import { callTable } from '../../../../../gateway/contract/calls.ts';
import { emptyTrial, questionOf, readHeaders } from '../../../../../renderer/screens/routing/trial-form.ts';

test.each(dialectNames)('a request typed for the door %s is one that the gateway takes', (door) => {
  const result = questionOf({ ...emptyTrial, door, model: ' fast ', client: 'agent', headers: 'X-Team: a:b\n\n' });
  expect(result).toMatchObject({
    ok: true,
    question: { dialect: door, client: 'agent', headers: { 'x-team': 'a:b' }, request: { model: 'fast' } },
  });
  expect(callTable['decision.explain'].input.safeParse(result.ok ? result.question : null).success).toBe(true);
});

test('a pasted body is asked as it is, and names its own model', () => {
  const body = '{"model":"lab/a","messages":[],"tools":[{}]}';
  expect(questionOf({ ...emptyTrial, model: 'other', body })).toMatchObject({
    question: { request: { model: 'lab/a', messages: [], tools: [{}] } },
  });
  expect(questionOf({ ...emptyTrial, door: 'gemini', model: 'other', body: '{"contents":[]}' })).toMatchObject({
    question: { request: { model: 'other', contents: [] } },
  });
});

test.each([
  [{ model: '  ' }, 'model'],
  [{ model: 'a', body: '{' }, 'body'],
  [{ model: 'a', body: '[]' }, 'body'],
  [{ body: '{}' }, 'model'],
  [{ model: 'a', headers: 'no colon' }, 'headers'],
] as const)('%j is told at the field %s', (changes, field) => {
  expect(questionOf({ ...emptyTrial, ...changes })).toMatchObject({ ok: false, field });
});

test('headers are one a line, by names in lower case', () => {
  expect(readHeaders(' X-A : 1 \nx-b:2')).toEqual({ 'x-a': '1', 'x-b': '2' });
  expect(readHeaders('x y: 1')).toBe(null);
});
