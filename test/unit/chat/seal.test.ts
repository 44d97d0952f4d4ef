/** Seals on their way through clients of other dialects. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type SealMaker, unwrapSeal, wrappedSealMark, wrapSeal, writeSeal } from '../../../gateway/chat/seal.ts';

const makers: readonly SealMaker[] = ['anthropic', 'gemini', 'openai'];
const anyMaker = fc.constantFrom(...makers);
/** No provider's own begins as a wrapped one does. */
const anyData = fc.string({ unit: 'binary' }).filter((data) => !data.startsWith(wrappedSealMark));

test('any seal that was written into the field of any dialect is read out of it unchanged', () => {
  const property = fc.property(anyMaker, anyMaker, anyData, (maker, own, data) => {
    expect(unwrapSeal(writeSeal({ maker, data }, own), own)).toEqual({ maker, data });
    expect(unwrapSeal(wrapSeal({ maker, data }), own)).toEqual({ maker, data });
  });
  fc.assert(property);
});

test("a dialect's own is written bare, another's wrapped", () => {
  const written = makers.map((own) => writeSeal({ maker: 'gemini', data: 'a+/=' }, own));
  expect(written).toEqual(['gatehouse.gemini.a+/=', 'a+/=', 'gatehouse.gemini.a+/=']);
});

test.each(['gatehouse.', 'gatehouse.mistral.x', 'gatehouse.__proto__.x', 'Gatehouse.gemini.x', ' gatehouse.gemini.x', ''])(
  'what is no wrapped seal is its own dialect’s: %j',
  (text) => {
    expect(unwrapSeal(text, 'anthropic')).toEqual({ maker: 'anthropic', data: text });
  },
);

test('a wrapped seal may hold dots and line breaks, or nothing', () => {
  expect(unwrapSeal('gatehouse.openai.a.b\nc', 'gemini')).toEqual({ maker: 'openai', data: 'a.b\nc' });
  expect(unwrapSeal('gatehouse.openai.', 'gemini')).toEqual({ maker: 'openai', data: '' });
});
