/** Holds the form of a route to what a person wrote: it is read in every form and written back as short as it was. */
import { describe, expect, test } from 'vitest';
import { routeSchema, shortRouteSchema } from '../../../../../gateway/contract/policy/route.ts';
import {
  readRoute,
  routeWords,
  withModel,
  withStrategy,
  withWeight,
  writeRoute,
} from '../../../../../renderer/screens/routing/edit-route.ts';

function changed(value: unknown, changes: object): unknown {
  const route = readRoute(value);
  return route && writeRoute({ ...route, ...changes }, value);
}

describe('a route', () => {
  test.each([
    'lab/a',
    [['lab/a', 'lab/b']],
    { targets: ['lab/a'] },
    { strategy: 'weighted', targets: [{ model: 'lab/a', weight: 2 }], splitBy: 'client', sticky: 'session' },
  ])('%j read and written is the same route', (given) => {
    const value = Array.isArray(given) ? given[0] : given;
    const written = changed(value, {});
    expect(shortRouteSchema.parse(written)).toEqual(shortRouteSchema.parse(value));
  });

  test('stays a name or a list while that is enough, and becomes an object when it is not', () => {
    expect(changed('lab/a', { targets: ['lab/b'] })).toBe('lab/b');
    expect(changed('lab/a', { targets: ['lab/a', 'lab/b'] })).toEqual(['lab/a', 'lab/b']);
    expect(changed(['lab/a'], { strategy: 'cheapest' })).toEqual({ strategy: 'cheapest', targets: ['lab/a'] });
  });

  test('keeps parts that the form does not know', () => {
    expect(changed({ targets: ['a'], note: 'mine' }, { sticky: 'session' })).toEqual({
      strategy: 'first',
      targets: ['a'],
      note: 'mine',
      sticky: 'session',
    });
  });

  test('in no form that the form knows is left alone', () => {
    expect([readRoute(7), readRoute({ target: 'a' }), readRoute({ targets: 'a' })]).toEqual([null, null, null]);
  });

  test('loses its weights with the strategy that they belong to, so that it is still accepted', () => {
    const weighted = { strategy: 'weighted', targets: [{ model: 'a', weight: 2 }, 'b'], splitBy: 'client' };
    const route = readRoute(weighted);
    const written = route && writeRoute(withStrategy(route, 'first'), weighted);
    expect(written).toEqual({ strategy: 'first', targets: ['a', 'b'] });
    expect(routeSchema.safeParse(written).success).toBe(true);
  });
});

test('a target keeps its weight when its model changes, and is a name alone when the weight goes', () => {
  expect(withModel({ model: 'a', weight: 3 }, 'b')).toEqual({ model: 'b', weight: 3 });
  expect(withWeight({ model: 'a', weight: 3 }, undefined)).toBe('a');
  expect(withWeight('a', 0)).toEqual({ model: 'a', weight: 0 });
});

test.each([
  ['lab/a', 'lab/a'],
  [['a', 'b'], 'a, then b'],
  [{ strategy: 'cheapest', targets: ['a', 'b'], sticky: 'session' }, 'the cheapest of a, b; a session stays where it is'],
  [{ targets: [''] }, 'a target without a name'],
  [null, 'not a route the form can read: the document shows it'],
])('%j is said as: %s', (value, words) => {
  expect(routeWords(value)).toBe(words);
});
