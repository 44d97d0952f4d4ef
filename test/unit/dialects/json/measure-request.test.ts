/** What a request holds for a model to read: text by its bytes, media by their number. */
import { expect, test } from 'vitest';
import { measureRequest } from '../../../../gateway/dialects/json/measure-request.ts';

const measure = (text: string) => measureRequest([Buffer.from(text)]);

test('text is all of the body', () => {
  const text = '{"model":"m","messages":[{"role":"user","content":"Hello."}]}';
  expect(measure(text)).toEqual({ textBytes: text.length, media: [] });
});

test('the bytes of an image are not text, however many they are', () => {
  const image = (base64: string) => `{"url":"data:image/png;base64,${base64}"},{"url":"data:image/webp;base64,${base64}"}`;
  const small = measure(image('AAAA'));
  expect(small.media).toHaveLength(2);
  expect(measure(image('A'.repeat(1_000_000))).textBytes).toBe(small.textBytes);
});

test('a data URL that is spoken of is text', () => {
  const text = '{"content":"write src=\'data:image/png;base64,AAAA\' or ;base64,AAAA"}';
  expect(measure(text)).toEqual({ textBytes: text.length, media: [] });
});

test('an image in several pieces is one', () => {
  const text = `{"url":"data:image/png;base64,${'A'.repeat(100)}","x":1}`;
  const pieces = [...text].map((character) => Buffer.from(character));
  expect(measureRequest(pieces)).toEqual(measure(text));
});
