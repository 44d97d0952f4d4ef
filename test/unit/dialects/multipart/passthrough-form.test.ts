/** A form is sent on as it came but for its model, and refused where two programs could read it differently. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../../gateway/chat/error.ts';
import { readFormRequest } from '../../../../gateway/dialects/multipart/passthrough-form.ts';
import { boundary, formAround, formBytes, formType } from '../../../support/form-bytes.ts';
import { cutUnevenly } from '../../../support/send-bytes.ts';

const file = { name: 'file', fileName: 'a.wav', headers: ['Content-Type: audio/wav'] };
const noise = Buffer.from(Array.from({ length: 5_000 }, (_, index) => (index * 7_919) % 256));
const plain = { name: 'model', value: 'lab/whisper' };
const usual = formBytes([{ ...file, value: noise }, plain, { name: 'language', value: 'no' }]);

const read = (bytes: Buffer | readonly Buffer[], type = formType) =>
  readFormRequest(Buffer.isBuffer(bytes) ? [bytes] : bytes, type);

const written = (bytes: Buffer | readonly Buffer[], model = 'whisper') =>
  Buffer.concat(read(bytes).write({ model, askUsage: false })).toString('latin1');

const renamed = (bytes: Buffer, model = 'whisper') =>
  bytes.toString('latin1').replace('\r\n\r\nlab/whisper\r\n', `\r\n\r\n${model}\r\n`);

function refusalOf(bytes: Buffer | readonly Buffer[], type?: string): GatewayError {
  try {
    read(bytes, type);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('This form was taken.');
}

describe('a form is read', () => {
  test('for its model, and sent on with nothing but that changed', () => {
    expect(read(usual).head).toEqual({ model: 'lab/whisper', stream: false, usageAsked: true });
    expect(written(usual)).toBe(renamed(usual));
    expect(written(usual, 'a-much-longer-name-than-before')).toBe(renamed(usual, 'a-much-longer-name-than-before'));
  });

  test('as the very same pieces when its model has the same name upstream', () => {
    const pieces = [usual];
    expect(read(pieces).write({ model: 'lab/whisper', askUsage: false })).toBe(pieces);
  });

  test('however it is cut: in the boundary, in a header, in the model', () => {
    for (let at = 1; at < 400; at += 1) {
      for (const cut of [at, usual.length - at]) {
        expect(written([usual.subarray(0, cut), usual.subarray(cut)])).toBe(renamed(usual));
      }
    }
    for (const largest of [1, 2, 3, 17, 33, 100, 4_000]) expect(written(cutUnevenly(usual, largest))).toBe(renamed(usual));
  });

  test('without a copy of its files', () => {
    const large = formBytes([{ ...file, value: Buffer.alloc(20_000_000, 'RIFF') }, plain]);
    const pieces = cutUnevenly(large, 65_536);
    const sent = read(pieces).write({ model: 'whisper', askUsage: false });
    const copied = sent.filter(({ buffer }) => buffer !== large.buffer).reduce((sum, { length }) => sum + length, 0);
    // A few pieces are so small that they are joined.
    expect(copied).toBeLessThan(large.length / 1_000);
    expect(Buffer.concat(sent).length).toBe(large.length - 'lab/'.length);
  });

  test.each([
    ['a stream that is asked for', [plain, { name: 'stream', value: 'true' }], true],
    ['as Python writes it', [plain, { name: 'stream', value: 'True' }], true],
    ['a stream that is not', [plain, { name: 'stream', value: 'false' }], false],
  ])('for %s', (_what, parts, stream) => {
    expect(read(formBytes(parts)).head.stream).toBe(stream);
  });

  test.each([
    ['a preamble', Buffer.concat([Buffer.from('This is a form.\r\n'), usual])],
    ['a line end before it', Buffer.concat([Buffer.from('\r\n'), usual])],
    ['an epilogue', Buffer.concat([usual, Buffer.from('\r\nThat was a form.\r\n')])],
    ['nothing behind its end', usual.subarray(0, -2)],
    [
      'spaces behind its boundaries',
      Buffer.from(usual.toString('latin1').replaceAll(`--${boundary}\r\n`, `--${boundary} \t\r\n`), 'latin1'),
    ],
    ['a name without quotes', formAround('content-disposition:form-data;name=model', '', 'lab/whisper')],
    [
      'headers in any case and order',
      formAround('CONTENT-TYPE: text/plain; charset=UTF-8', 'Content-disposition: Form-Data; NAME="model"', '', 'lab/whisper'),
    ],
    [
      'file names of every kind',
      formBytes([{ name: 'file', value: 'x', fileName: 'ø \\"a\\" 音.wav"; filename*="UTF-8\'\'%C3%B8' }, plain]),
    ],
    [
      'a file in which stands what looks like a boundary',
      formBytes([{ ...file, value: `x--${boundary}\r\n--${boundary.slice(0, -1)}\r\nname="model"\r\n\r\nother` }, plain]),
    ],
    [
      'a form within it',
      formBytes([
        { ...file, value: '--inner\r\nContent-Disposition: form-data; name="model"\r\n\r\nother\r\n--inner--\r\n' },
        plain,
      ]),
    ],
    ['the same other field twice', formBytes([{ name: 'image[]', value: 'a' }, { name: 'image[]', value: 'b' }, plain])],
    ['fields that are called nearly so', formBytes([{ name: 'Model', value: 'a' }, { name: 'model[]', value: 'b' }, plain])],
    ['empty fields', formBytes([{ name: 'prompt', value: '' }, plain])],
    ['another model’s name in its file', formBytes([{ ...file, value: '\r\n\r\nmodel\r\n\r\n' }, plain])],
  ])('with %s', (_what, bytes) => {
    expect(read(bytes).head.model).toBe('lab/whisper');
    expect(written(bytes)).toBe(renamed(bytes));
    expect(written(cutUnevenly(bytes, 5))).toBe(renamed(bytes));
  });

  test('and the length that its part says of the model stays right', () => {
    const bytes = formBytes([{ ...plain, headers: ['Content-Length: 11'] }]);
    expect(written(bytes, 'gpt-4o-transcribe')).toBe(
      renamed(bytes, 'gpt-4o-transcribe').replace('Content-Length: 11', 'Content-Length: 17'),
    );
  });

  test('with any bytes in its file, however it is cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 60 }), (bytes, largest) => {
        const form = formBytes([{ ...file, value: Buffer.from(bytes) }, plain]);
        expect(written(cutUnevenly(form, largest))).toBe(renamed(form));
      }),
    );
  });
});

describe('a form is refused', () => {
  test.each([
    ['no model', formBytes([{ ...file, value: 'x' }])],
    ['no part', Buffer.from(`--${boundary}--\r\n`)],
    ['an empty model', formBytes([{ name: 'model', value: '' }])],
    ['a model as a file', formBytes([{ ...plain, fileName: 'model.txt' }])],
    ['two models', formBytes([plain, { name: 'model', value: 'other' }])],
    ['two models, one with an escape', formBytes([plain, { name: 'mo\\del', value: 'other' }])],
    ['two models, one in percent signs', formBytes([plain, { name: '%6dodel', value: 'other' }])],
    ['an escape in the name of its model', formBytes([{ ...plain, name: 'mo\\del' }])],
    ['a model in several lines', formBytes([{ name: 'model', value: 'a\r\nb' }])],
    ['a model that is too long', formBytes([{ name: 'model', value: 'm'.repeat(513) }])],
    ['a model that is far too long', formBytes([{ name: 'model', value: 'm'.repeat(5_000) }])],
    ['a model in base64', formBytes([{ ...plain, headers: ['Content-Transfer-Encoding: base64'] }])],
    ['a model in another alphabet', formBytes([{ ...plain, headers: ['Content-Type: text/plain; charset=utf-16'] }])],
    ['a model of another length than its part says', formBytes([{ ...plain, headers: ['Content-Length: 3'] }])],
  ])('naming the field, with %s', (_what, bytes) => {
    expect(refusalOf(bytes)).toMatchObject({ kind: 'bad-request', status: 400, field: 'model' });
  });

  test('naming the field, with two streams', () => {
    const parts = [plain, { name: 'stream', value: 'true' }, { name: 'stream', value: 'false' }];
    expect(refusalOf(formBytes(parts))).toMatchObject({ kind: 'bad-request', field: 'stream' });
  });

  /** A part of these lines beside a sound model: only the part is at fault. */
  const formBeside = (...lines: readonly string[]) =>
    Buffer.concat([Buffer.from(`--${boundary}\r\n${lines.join('\r\n')}\r\n`), formBytes([plain])]);
  const disposition = 'Content-Disposition: form-data; name="prompt"';
  test.each([
    ['nothing in it', Buffer.alloc(0)],
    ['no end', usual.subarray(0, -6)],
    ['another boundary', Buffer.from(usual.toString('latin1').replaceAll(boundary, 'other'), 'latin1')],
    ['more behind its end', Buffer.concat([usual, formBytes([{ name: 'language', value: 'no' }])])],
    ['its end twice', Buffer.concat([usual, Buffer.from(`--${boundary}--\r\n`)])],
    ['line ends without CR', Buffer.from(formBytes([plain]).toString().replaceAll('\r\n', '\n'))],
    ['a boundary behind a bare LF', formBytes([{ ...file, value: `x\n--${boundary}\n${disposition}\n\nother\n` }, plain])],
    [
      'a boundary behind a bare LF, all else sound',
      formBytes([{ ...file, value: `x\n--${boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\ny` }, plain]),
    ],
    [
      'a line that begins with its boundary',
      formBytes([{ ...file, value: `x\r\n--${boundary}x\r\n${disposition}\r\n\r\nother` }, plain]),
    ],
    ['a boundary inside of headers', Buffer.concat([Buffer.from(`--${boundary}\r\n${disposition}\r\n`), formBytes([plain])])],
    ['no headers', formBeside('', 'lab/whisper')],
    ['no blank line', formBeside(disposition, 'lab/whisper')],
    ['no name', formBeside('Content-Disposition: form-data; filename="a"', '', 'x')],
    ['another disposition', formBeside('Content-Disposition: attachment; name="model"', '', 'x')],
    ['two names', formBeside(`${disposition}; name="other"`, '', 'x')],
    ['two dispositions', formBeside(disposition, disposition, '', 'x')],
    ['an extended name', formBeside("Content-Disposition: form-data; name*=UTF-8''model", '', 'x')],
    ['an extended name beside the plain one', formBeside(`${disposition}; name*=UTF-8''model`, '', 'x')],
    ['an encoded name', formBeside('Content-Disposition: form-data; name="=?utf-8?B?bW9kZWw=?="', '', 'x')],
    ['a name whose quote does not end', formBeside('Content-Disposition: form-data; name="model', '', 'x')],
    ['a file name whose quote does not end', formBeside('Content-Disposition: form-data; filename="a\\"; name="model"', '', 'x')],
    ['a folded header', formBeside('Content-Disposition: form-data;', ' name="model"', '', 'x')],
    ['a header without a colon', formBeside(disposition, 'nonsense', '', 'x')],
    ['a header with a NUL', formBeside(`${disposition}\0`, '', 'x')],
    ['a header with a bare line end', formBeside(`${disposition}\nX: y`, '', 'x')],
    ['too long headers', formBeside(disposition, `X: ${'x'.repeat(9_000)}`, '', 'x')],
    ['too many parts', formBytes([plain, ...Array.from({ length: 600 }, () => ({ name: 'a', value: '' }))])],
  ])('with %s', (_what, bytes) => {
    expect(refusalOf(bytes)).toMatchObject({ kind: 'bad-request', status: 400 });
    expect(refusalOf(cutUnevenly(bytes, 9))).toMatchObject({ kind: 'bad-request' });
  });

  test('in a moment, though it comes in pieces of single bytes', () => {
    const form = formBytes([{ ...file, value: Buffer.alloc(500_000, '\n--') }, plain]);
    const pieces = Array.from({ length: form.length }, (_, at) => form.subarray(at, at + 1));
    const startedAt = performance.now();
    expect(written(pieces).length).toBe(form.length - 'lab/'.length);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  test('in a moment, though its headers are made to be slow', () => {
    const slow = ['=?'.repeat(3_500), ' '.repeat(7_000), '%6'.repeat(3_000), '\\'.repeat(7_000), '; a=b'.repeat(1_000)];
    const startedAt = performance.now();
    for (const text of slow) {
      const parts = Array.from({ length: 100 }, (_, index) => ({
        name: `${index}${text}`,
        value: '',
        headers: [`X: ${text.slice(0, 100)}x`],
      }));
      try {
        read(formBytes(parts));
      } catch (error) {
        expect(error).toBeInstanceOf(GatewayError);
      }
    }
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  test('and never breaks, whatever is changed in it', () => {
    const runs = process.env['GATEHOUSE_TEST_SIZE'] === 'full' ? 20_000 : 2_000;
    const form = formBytes([{ ...file, value: 'sound' }, plain]);
    fc.assert(
      fc.property(
        fc.nat(form.length - 1),
        fc.nat(4),
        fc.uint8Array({ maxLength: 4 }),
        fc.integer({ min: 1, max: 50 }),
        (at, gone, put, cut) => {
          const changed = Buffer.concat([form.subarray(0, at), Buffer.from(put), form.subarray(at + gone)]);
          try {
            const { head } = read(cutUnevenly(changed, cut));
            expect(head.model).not.toBe('');
          } catch (error) {
            expect(error).toBeInstanceOf(GatewayError);
          }
        },
      ),
      { numRuns: runs },
    );
  });
});

describe('a boundary', () => {
  test.each([
    ['multipart/form-data; boundary=abc', 'abc'],
    ['Multipart/Form-Data;BOUNDARY="a b:c"', 'a b:c'],
    ['multipart/form-data; charset=utf-8; boundary=abc; x="y;z"', 'abc'],
    ['multipart/form-data ; boundary=abc ;', 'abc'],
    ["multipart/form-data; boundary=0'()+_,-./:=?", null],
    ['multipart/form-data; boundary="0\'()+_,-./:=?"', "0'()+_,-./:=?"],
  ])('is read out of %s', (type, expected) => {
    const bytes = expected === null ? usual : Buffer.from(usual.toString('latin1').replaceAll(boundary, expected), 'latin1');
    if (expected === null) expect(refusalOf(bytes, type)).toMatchObject({ kind: 'bad-request' });
    else expect(read(bytes, type).head.model).toBe('lab/whisper');
  });

  test.each([
    'multipart/form-data',
    'multipart/form-data;',
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary=""',
    'multipart/form-data; boundary="a',
    'multipart/form-data; boundary="a "',
    'multipart/form-data; boundary="a\\b"',
    `multipart/form-data; boundary=a; boundary=${boundary}`,
    `multipart/form-data; boundary=${boundary}; boundary=a`,
    'multipart/form-data; boundary=a b',
    `multipart/form-data; boundary=${'b'.repeat(71)}`,
    'multipart/mixed; boundary=a',
    'multipart/form-data, boundary=a',
    'application/json; boundary=a',
  ])('is not read out of %s', (type) => {
    expect(refusalOf(usual, type)).toMatchObject({ kind: 'bad-request' });
  });
});
