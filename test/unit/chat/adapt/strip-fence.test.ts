/** JSON answers without the code fence that models put round them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FenceStripper } from '../../../../gateway/chat/adapt/strip-fence.ts';

const numRuns = process.env.GATEHOUSE_TEST_SIZE === 'full' ? 20_000 : 1_000;

function strip(...pieces: readonly string[]): string {
  const fence = new FenceStripper();
  return pieces.map((piece) => fence.push(piece)).join('') + fence.end();
}

/** With every cut in two, and in single characters. */
function stripEveryWay(text: string): Set<string> {
  const cuts = Array.from({ length: text.length + 1 }, (_each, at) => strip(text.slice(0, at), text.slice(at)));
  return new Set([strip(text), strip(...text.split('')), ...cuts]);
}

const json = '{\n  "a": "```\\n"\n}';

describe('a fence is taken off, wherever it is cut', () => {
  test.each([
    ['with the language', `\`\`\`json\n${json}\n\`\`\``],
    ['without', `\`\`\`\n${json}\n\`\`\``],
    ['with blanks round it', `\n  \`\`\`json  \n${json}\n\`\`\`\n\n`],
    ['with CRLF', `\`\`\`json\r\n${json}\r\n\`\`\`\r\n`],
    ['behind JSON that does not end its line', `\`\`\`json\n${json}\`\`\``],
    ['of another language', `\`\`\`json5\n${json}\n\`\`\``],
    ['of a media type in part', `\`\`\`ld+json\n${json}\n\`\`\``],
    ['that was never closed', `\`\`\`json\n${json}`],
  ])('%s', (_what, text) => {
    expect(stripEveryWay(text)).toEqual(new Set([json]));
  });

  test('from any JSON', () => {
    const property = fc.property(
      fc.json(),
      fc.constantFrom('', 'json'),
      fc.constantFrom('\n', '\r\n'),
      (value, language, line) => {
        expect(stripEveryWay(`\`\`\`${language}${line}${value}${line}\`\`\``)).toEqual(new Set([value]));
      },
    );
    fc.assert(property, { numRuns: numRuns / 10 });
  });
});

describe('what is no fence stays to the letter', () => {
  test.each([
    ['plain JSON', json],
    ['JSON behind blanks', ` \n${json}\n `],
    ['one backtick', '`{}`'],
    ['two backticks', '``{}``'],
    ['backticks alone', '```'],
    ['a fence on one line', '```{"a":1}```'],
    ['a fence behind words', `Here you are:\n\`\`\`json\n${json}\n\`\`\``],
    ['blanks alone', ' \n '],
    ['nothing', ''],
  ])('%s', (_what, text) => {
    expect(stripEveryWay(text)).toEqual(new Set([text]));
  });

  test('any text that does not begin with one', () => {
    const property = fc.property(fc.string({ unit: fc.constantFrom('a', '`', '\n', '{', ' ') }), (text) => {
      fc.pre(!/^\s*```/.test(text));
      expect(stripEveryWay(text)).toEqual(new Set([text]));
    });
    fc.assert(property, { numRuns });
  });
});

test('words behind the closing fence show that it closed nothing', () => {
  expect(stripEveryWay('```json\n{}\n```\nDone.')).toEqual(new Set(['{}\n```\nDone.']));
});

test('text is held back no longer than it may be a fence', () => {
  const fence = new FenceStripper();
  expect(['`', '``', 'js', 'on\n', '{"a"', ':1}\n', '`'].map((piece) => fence.push(piece))).toEqual([
    '',
    '',
    '',
    '',
    '{"a"',
    ':1}',
    '',
  ]);
  expect(fence.push('x')).toBe('\n`x');
});

describe('a model that writes blanks without end', () => {
  test.each([
    ['before its answer', ''],
    ['within a fence', '```json\n{'],
  ])('%s, is passed on, in linear time', (_what, start) => {
    const fence = new FenceStripper();
    let length = fence.push(start).length;
    const begun = performance.now();
    for (let count = 0; count < 50_000; count += 1) length += fence.push(' ').length;
    expect(performance.now() - begun).toBeLessThan(2_000);
    expect(length).toBeGreaterThan(49_000);
  });

  test('and then goes on, at once', () => {
    const text = `\`\`\`json\n{${' '.repeat(1_000_000)}}`;
    const begun = performance.now();
    expect(strip(text)).toHaveLength(1_000_002);
    expect(strip(' '.repeat(1_000_000) + json)).toHaveLength(1_000_000 + json.length);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });
});
