/** A request's bytes go on as they came: only the model's name, and the wish for usage where the client has none, change. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { passthroughReader } from '../../../../gateway/dialects/json/passthrough-request.ts';

const place = { model: null, stream: null };
const readPieces = (pieces: readonly Buffer[]) => passthroughReader('field-and-options')(pieces, place);
const read = (text: string | Buffer) => readPieces([Buffer.from(text)]);

const rewrite = (text: string, model: string, askUsage = false) =>
  Buffer.concat(read(text).write({ model, askUsage })).toString();

describe('what decides is read', () => {
  test.each([
    ['{"model":"a/b"}', { model: 'a/b', stream: false, usageAsked: false }],
    ['{"model":"m","stream":null}', { model: 'm', stream: false, usageAsked: false }],
    ['{"stream":true,"model":"m"}', { model: 'm', stream: true, usageAsked: false }],
    ['{"stream":true,"model":"m","stream_options":null}', { model: 'm', stream: true, usageAsked: false }],
    ['{"stream":true,"model":"m","stream_options":{"include_usage":false}}', { model: 'm', stream: true, usageAsked: false }],
    ['{"stream":true,"model":"m","stream_options":{"include_usage":true}}', { model: 'm', stream: true, usageAsked: true }],
    ['{"str\\u0065am":true,"mod\\u0065l":"\\u006d\\ud83c\\udf4f"}', { model: 'm🍏', stream: true, usageAsked: false }],
    ['{"model":"m","stream_options":{"include_usage":true}}', { model: 'm', stream: false, usageAsked: false }],
  ])('%s', (text, head) => {
    expect(read(text).head).toEqual(head);
  });

  test('and stream fields mean nothing where nothing can be streamed', () => {
    const request = passthroughReader('never')([Buffer.from('{"model":"m","stream":"yes","stream_options":7}')], place);
    expect(request.head).toEqual({ model: 'm', stream: false, usageAsked: true });
  });

  test.each([
    ['model', '{}'],
    ['model', '{"model":""}'],
    ['model', '{"model":null}'],
    ['model', '{"model":["m"]}'],
    ['model', `{"model":"${'m'.repeat(513)}"}`],
    ['model', '{"model":"\\x"}'],
    ['stream', '{"model":"m","stream":"true"}'],
    ['stream', '{"model":"m","stream":1}'],
    ['stream_options', '{"model":"m","stream":true,"stream_options":[]}'],
    ['stream_options', '{"model":"m","stream":true,"stream_options":"all"}'],
  ])('and a wrong %s is refused by its name: %s', (field, text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ kind: 'bad-request', field }));
  });

  test.each([
    '',
    '\ufeff{"model":"m"}',
    '[{"model":"m"}]',
    '{"model":"m"',
    '{"model":"m","model":"m"}',
    '{"model":"m","mod\\u0065l":"n"}',
    '{"model":"m","stream":true,"stream_options":{"include_usage":false,"include_usage":false}}',
  ])('and a body that is no sound object, or says the model twice, is refused: %j', (text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ kind: 'bad-request', status: 400 }));
  });
});

describe('what goes on', () => {
  /** Anything that may stand before or behind: numbers no program could hold, escapes, nested models, other spacing. */
  const member = fc.constantFrom(
    '"n":1e400',
    '"i" :12345678901234567890',
    '"z":-0 ',
    '"d":1.0',
    '"u":"\\u00e9\\ud800é🍏"',
    '"\\u0075v":[ ]',
    '"nested":{"model":"x","stream":true,"stream_options":{}}',
    '\r\n\t"list":[{"model":"x"},  null]',
    '"Model":"x"',
    '"n":2',
  );
  const members = fc.array(member, { maxLength: 5 });
  const gap = fc.constantFrom('', ' ', '\r\n', '\t ');
  const name = fc.constantFrom('"model"', '"mod\\u0065l"');
  const modelText = fc.constantFrom('"lab/m"', '"\\u006cab/m"', '"lab\\/m"');

  test('is every byte but the model, wherever it stands and however it is written', () => {
    fc.assert(
      fc.property(
        members,
        members,
        gap,
        gap,
        name,
        modelText,
        fc.string({ unit: 'grapheme', minLength: 1 }),
        (before, after, one, two, key, text, model) => {
          const head = `${one}{${[...before, `${two}${key}${one}:${two}`].join(',')}`;
          const tail = `${one}${after.map((item) => `,${item}`).join('')}}${two}`;
          expect(rewrite(head + text + tail, model)).toBe(head + JSON.stringify(model) + tail);
        },
      ),
    );
  });

  test('is the same buffer when nothing changes', () => {
    const body = [Buffer.from('{ "model" : "m" , '), Buffer.from('"stream":true }')];
    expect(readPieces(body).write({ model: 'm', askUsage: false })).toBe(body);
  });

  test('holds bytes that are no UTF-8 exactly as they came', () => {
    const [head, tail] = [Buffer.from('{"a":"'), Buffer.from('","model":"lab/m"}')];
    const odd = Buffer.from([0xff, 0xc0, 0x80]);
    const written = readPieces([head, odd, tail]).write({ model: 'm', askUsage: false });
    expect(Buffer.concat(written)).toEqual(Buffer.concat([head, odd, Buffer.from('","model":"m"}')]));
  });

  test.each([
    ['{"model":"l/m","stream":true}', '{"stream_options":{"include_usage":true},"model":"m","stream":true}'],
    ['{ \n"stream":true,"model":"l/m"}', '{"stream_options":{"include_usage":true}, \n"stream":true,"model":"m"}'],
    [
      '{"stream":true,"stream_options": null ,"model":"l/m"}',
      '{"stream":true,"stream_options": {"include_usage":true} ,"model":"m"}',
    ],
    [
      '{"model":"l/m","stream_options":{"include_usage":false,"include_obfuscation":false},"stream":true}',
      '{"model":"m","stream_options":{"include_usage":true,"include_obfuscation":false},"stream":true}',
    ],
    [
      '{"model":"l/m","stream":true,"stream_options":{"include_usage": true}}',
      '{"model":"m","stream":true,"stream_options":{"include_usage": true}}',
    ],
    [
      '{"model":"l/m","stream":true,"stream_options":{ "a":12345678901234567890, "b" : 1e400,"include_usage" : null }}',
      '{"model":"m","stream":true,"stream_options":{ "a":12345678901234567890, "b" : 1e400,"include_usage" : true }}',
    ],
    [
      '{"stream_options":{ "a":12345678901234567890,"b":-0},"model":"l/m","stream":true}',
      '{"stream_options":{"include_usage":true, "a":12345678901234567890,"b":-0},"model":"m","stream":true}',
    ],
    [
      '{"stream_options":{ },"model":"l/m","stream":true}',
      '{"stream_options":{"include_usage":true },"model":"m","stream":true}',
    ],
    ['{"model":"l/m","stream":false}', '{"model":"m","stream":false}'],
    ['{"model":"l/m","stream":false,"stream_options": {}}', '{"model":"m","stream":false,"stream_options": {}}'],
  ])('asks a stream for its usage where the client did not: %s', (text, written) => {
    expect(rewrite(text, 'm', true)).toBe(written);
  });

  test('asks for nothing where the upstream does not know the question', () => {
    expect(rewrite('{"model":"l/m","stream":true}', 'm', false)).toBe('{"model":"m","stream":true}');
  });

  test('can be written again for another target', () => {
    const request = read('{"model":"l/m","x":1e400}');
    expect(
      ['one', 'two "quoted"', 'l/m'].map((model) => Buffer.concat(request.write({ model, askUsage: true })).toString()),
    ).toEqual(['{"model":"one","x":1e400}', '{"model":"two \\"quoted\\"","x":1e400}', '{"model":"l/m","x":1e400}']);
  });
});
