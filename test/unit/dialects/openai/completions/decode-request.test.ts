/** What is read from legacy completion requests. */
import { describe, expect, test } from 'vitest';
import { decodeCompletionRequest } from '../../../../../gateway/dialects/openai/completions/decode-request.ts';

const place = { model: null, stream: null };
const decode = (fields: object) => decodeCompletionRequest({ model: 'm', ...fields }, place);

describe('a completion request', () => {
  test.each([
    [undefined, []],
    ['a', [{ type: 'text', text: 'a' }]],
    [['a'], [{ type: 'text', text: 'a' }]],
  ])('reads the prompt %j as what a user said', (prompt, parts) => {
    expect(decode({ prompt }).messages).toEqual([{ role: 'user', parts }]);
  });

  test.each([
    ['prompt', { prompt: ['a', 'b'] }],
    ['prompt', { prompt: [1, 2] }],
    ['prompt', { prompt: [[1, 2], [3]] }],
    ['echo', { prompt: 'a', echo: true }],
  ])('says that %s of %j cannot be translated', (field, fields) => {
    expect(() => decode(fields)).toThrow(expect.objectContaining({ kind: 'untranslatable', status: 400, field }));
  });

  test('reads the gap to fill and lets no output be asked for', () => {
    const request = decode({ prompt: 'a', suffix: 'z', max_tokens: 0, stream: true });
    expect(request).toMatchObject({ suffix: 'z', maxOutputTokens: 0, stream: true, streamUsage: false });
  });

  test('reads how tokens are drawn and names what it cannot read', () => {
    const fields = { prompt: 'a', temperature: 0, stop: 'x', n: 2, logprobs: 3, best_of: 4, user: 'u', raw: true, echo: false };
    expect(decode(fields)).toMatchObject({
      temperature: 0,
      stop: ['x'],
      choices: 2,
      logprobs: { top: 3 },
      endUser: 'u',
      unread: ['raw', 'best_of'],
    });
  });

  test.each([
    ['prompt.1', { prompt: ['a', 7] }],
    ['prompt', { prompt: {} }],
    ['prompt', { prompt: [] }],
    ['suffix', { suffix: 7 }],
    ['max_tokens', { max_tokens: -1 }],
  ])('refuses %s of %j', (field, fields) => {
    expect(() => decode(fields)).toThrow(expect.objectContaining({ kind: 'bad-request', field }));
  });
});
