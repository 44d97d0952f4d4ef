/** Notes of what a translation changes: gathered by field and words, and bounded. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FidelityNotes } from '../../../gateway/chat/fidelity.ts';

function dropAll(...notes: readonly (readonly [field: string, why: string])[]) {
  const gathered = new FidelityNotes();
  for (const [field, why] of notes) gathered.drop(field, why);
  return gathered.dropped;
}

test('places in a list are one field, counted', () => {
  const noted = dropAll(['messages.0.content.12.detail', 'w'], ['messages.7.content.0.detail', 'w']);
  expect(noted).toEqual([{ field: 'messages.*.content.*.detail', words: 'w', count: 2 }]);
});

test.each([
  ['5', '*'],
  ['a.5', 'a.*'],
  ['5.a.6.7', '*.a.*.*'],
  ['a5.5b.c', 'a5.5b.c'],
  ['__proto__.0', '__proto__.*'],
  ['', ''],
])('%j is the field %j', (path, field) => {
  expect(dropAll([path, 'w'])).toEqual([{ field, words: 'w', count: 1 }]);
});

test('different words about one field are different notes, and what is emulated is told from what is dropped', () => {
  const notes = new FidelityNotes();
  notes.drop('tools.0', 'search is run elsewhere');
  notes.drop('tools.1', 'shell is run elsewhere');
  notes.emulate('tools.2', 'as a function');
  expect(notes.dropped.map(({ words }) => words)).toEqual(['search is run elsewhere', 'shell is run elsewhere']);
  expect(notes.emulated).toEqual([{ field: 'tools.*', words: 'as a function', count: 1 }]);
});

test('however many and however long they are, a hundred short ones are kept, and all are counted', () => {
  const anyNote = fc.tuple(fc.string({ maxLength: 500 }), fc.string({ maxLength: 500 }));
  const property = fc.property(fc.array(anyNote, { maxLength: 400, size: 'max' }), (notes) => {
    const noted = dropAll(...notes);
    expect(noted.length).toBeLessThanOrEqual(100);
    for (const { field, words } of noted) expect(field.length + words.length).toBeLessThanOrEqual(500);
    expect(noted.reduce((sum, { count }) => sum + count, 0)).toBe(notes.length);
  });
  fc.assert(property, { numRuns: 50 });
});

test('the last note is for all others', () => {
  const noted = dropAll(...Array.from({ length: 1_000 }, (_each, index) => [`field_${index}`, 'w'] as const));
  expect(noted).toHaveLength(100);
  expect(noted.at(-1)).toEqual({ field: '*', words: 'and more, in other fields', count: 901 });
});

test('a path of megabytes takes no time', () => {
  const begun = performance.now();
  expect(dropAll(['1.'.repeat(2_000_000), 'w'.repeat(1_000_000)])[0]?.field).toBe('*.'.repeat(100));
  expect(performance.now() - begun).toBeLessThan(500);
});
