/** Settings that a policy writes into a request of each format: at their own names, and no other byte changed. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SettingsChange } from '../../../gateway/chat/settings.ts';
import type { DialectName, RequestChange } from '../../../gateway/dialects/dialect.ts';
import { dialects } from '../../../gateway/dialects/index.ts';

type Change = Partial<SettingsChange>;

function read(dialect: DialectName, body: string, model = 'm') {
  const found = dialects.get(dialect);
  if (!found) throw new Error(`There is no dialect ${dialect}.`);
  const place = dialect === 'gemini' ? { model, stream: false } : { model: null, stream: null };
  const request = found.readRequest([Buffer.from(body)], place);
  const change = (settings: Change): RequestChange => ({
    model: request.head.model,
    askUsage: false,
    settings: { defaults: {}, overrides: {}, caps: {}, ...settings },
  });
  return { request, change };
}

function written(dialect: DialectName, body: string, settings: Change, model?: string): string {
  const { request, change } = read(dialect, body, model);
  return Buffer.concat([...request.write(change(settings))]).toString();
}

const everything = { temperature: 0.5, topP: 0.9, maxOutputTokens: 100, seed: 7, reasoningEffort: 'low' } as const;

describe('what a request does not say is put in at the front, under the format’s own names', () => {
  test.each<[DialectName, string, string]>([
    [
      'openai-chat',
      '{"model":"m", "messages":[]}',
      '{"temperature":0.5,"top_p":0.9,"max_completion_tokens":100,"seed":7,"reasoning_effort":"low","model":"m", "messages":[]}',
    ],
    [
      'openai-completions',
      '{"model":"m","prompt":"a"}',
      '{"temperature":0.5,"top_p":0.9,"max_tokens":100,"seed":7,"model":"m","prompt":"a"}',
    ],
    [
      'openai-responses',
      '{"model":"m","input":"a"}',
      '{"temperature":0.5,"top_p":0.9,"max_output_tokens":100,"reasoning":{"effort":"low"},"model":"m","input":"a"}',
    ],
    [
      'gemini',
      '{"contents":[]}',
      '{"generationConfig":{"temperature":0.5,"topP":0.9,"maxOutputTokens":100,"seed":7,"thinkingConfig":{"thinkingBudget":1024,"includeThoughts":false}},"contents":[]}',
    ],
    [
      'ollama',
      '{"model":"m","messages":[]}',
      '{"options":{"temperature":0.5,"top_p":0.9,"num_predict":100,"seed":7},"think":"low","model":"m","messages":[]}',
    ],
  ])('%s', (dialect, body, expected) => {
    expect(written(dialect, body, { defaults: everything }, 'gemini-2.5-flash')).toBe(expected);
    expect(written(dialect, body, { overrides: everything }, 'gemini-2.5-flash')).toBe(expected);
  });

  test('anthropic-messages', () => {
    const body = '{"model":"claude-sonnet-4-5","max_tokens":8000,"messages":[]}';
    expect(written('anthropic-messages', body, { overrides: { temperature: 0.5, reasoningEffort: 'low' } })).toBe(
      '{"temperature":0.5,"thinking":{"type":"enabled","budget_tokens":4096},"model":"claude-sonnet-4-5","max_tokens":8000,"messages":[]}',
    );
    const adaptive = body.replace('sonnet-4-5', 'opus-4-7');
    expect(written('anthropic-messages', adaptive, { overrides: { reasoningEffort: 'minimal' } })).toBe(
      '{"thinking":{"type":"adaptive"},"output_config":{"effort":"low"},"model":"claude-opus-4-7","max_tokens":8000,"messages":[]}',
    );
  });
});

describe('what a request says', () => {
  test.each<[DialectName, string, string]>([
    ['openai-chat', '{"model":"m","temperature": 1.5 ,"max_tokens":900}', '{"model":"m","temperature": 0.5 ,"max_tokens":100}'],
    ['openai-responses', '{"model":"m","max_output_tokens":900,"input":1}', '{"model":"m","max_output_tokens":100,"input":1}'],
    ['anthropic-messages', '{"max_tokens":900,"model":"m","temperature":1}', '{"max_tokens":100,"model":"m","temperature":0.5}'],
    ['gemini', '{"generation_config":{"max_output_tokens":"900"}}', '{"generation_config":{"max_output_tokens":100}}'],
    ['ollama', '{"model":"m","options":{"num_predict":-1,"x":[1]}}', '{"model":"m","options":{"num_predict":100,"x":[1]}}'],
  ])('is capped where it stands (%s)', (dialect, body, expected) => {
    expect(written(dialect, body, { caps: { maxOutputTokens: 100, temperature: 0.5 } })).toBe(expected);
    expect(written(dialect, expected, { caps: { maxOutputTokens: 100, temperature: 0.5 } })).toBe(expected);
  });

  test('stands before a default, and gives way to an override', () => {
    const body = '{"model":"m","temperature":1,"max_tokens":5,"reasoning":{"effort":"high","x":1},"seed":null}';
    expect(written('openai-chat', body, { defaults: { temperature: 0, maxOutputTokens: 9, reasoningEffort: 'low' } })).toBe(body);
    expect(written('openai-chat', body, { overrides: { temperature: 0, reasoningEffort: 'none', seed: 3 } })).toBe(
      '{"model":"m","temperature":0,"max_tokens":5,"reasoning":{"effort":"none","x":1},"seed":3}',
    );
  });

  test('is capped in each of its spellings, whichever the upstream reads', () => {
    const twice = '{"model":"m","max_tokens":900,"max_completion_tokens":800}';
    expect(written('openai-chat', twice, { caps: { maxOutputTokens: 100 } })).toBe(
      '{"model":"m","max_tokens":100,"max_completion_tokens":100}',
    );
    const both = '{"generationConfig":{"maxOutputTokens":9},"generation_config":{"maxOutputTokens":900}}';
    expect(written('gemini', both, { caps: { maxOutputTokens: 100 } })).not.toContain('900');
  });

  test('is refused where it stands twice: one of both would go round the cap', () => {
    const body = '{"model":"m","max_tokens":900,"max_t\\u006fkens":9}';
    expect(() => written('openai-chat', body, { caps: { maxOutputTokens: 100 } })).toThrow(/stands twice/);
  });
});

test('a limit nobody gave is the cap; a temperature nobody gave stays the provider’s', () => {
  expect(written('openai-chat', '{"model":"m"}', { caps: { maxOutputTokens: 50, temperature: 0 } })).toBe(
    '{"max_completion_tokens":50,"model":"m"}',
  );
});

test('a limit is put in by the name that this upstream knows, and goes with a stream’s own change', () => {
  const { request, change } = read('openai-chat', '{"model":"m","stream":true}');
  const all = { ...change({ defaults: { maxOutputTokens: 5 } }), lengthField: 'max_tokens', askUsage: true, model: 'n' };
  expect(JSON.parse(Buffer.concat([...request.write(all)]).toString())).toEqual({
    model: 'n',
    stream: true,
    max_tokens: 5,
    stream_options: { include_usage: true },
  });
});

test('a budget for thinking gives way to a lower limit of the answer', () => {
  const body = (limit: number, thinking: string) => `{"model":"claude-sonnet-4-5","max_tokens":${limit},"thinking":${thinking}}`;
  const before = body(9000, '{"type":"enabled","budget_tokens":5000}');
  const cap = (maxOutputTokens: number) => written('anthropic-messages', before, { caps: { maxOutputTokens } });
  expect(cap(6000)).toBe(body(6000, '{"type":"enabled","budget_tokens":5000}'));
  expect(cap(4000)).toBe(body(4000, '{"type":"enabled","budget_tokens":3999}'));
  expect(cap(500)).toBe(body(500, '{"type":"disabled"}'));
});

test('what a format or a model has no word for is named, and the bytes stay as they were', () => {
  const body = '{"model":"claude-sonnet-4-5","max_tokens":900,"messages":[]}';
  const { request, change } = read('anthropic-messages', body);
  const seeded = change({ overrides: { seed: 3, reasoningEffort: 'high' } });
  expect(request.unsaidSettings(seeded)).toEqual(['seed', 'reasoningEffort']);
  expect(Buffer.concat([...request.write(seeded)]).toString()).toBe(body);
});

test('every other byte of any request stays as it was, in its order', () => {
  const others = fc.dictionary(
    fc.stringMatching(/^[a-f]{1,5}$/),
    fc.jsonValue({ maxDepth: 3 }).filter((value) => value !== undefined),
    { maxKeys: 4 },
  );
  fc.assert(
    fc.property(others, others, fc.double({ min: 0, max: 2, noNaN: true }), (before, after, temperature) => {
      const inner = JSON.stringify(before).slice(1, -1);
      const [left, right] = [inner === '' ? '' : `${inner} ,`, JSON.stringify(after)];
      const body = (value: string) => `{ ${left}"model":"m","temperature" : ${value} ,"z":${right}}`;
      const change = { overrides: { temperature } };
      expect(written('openai-chat', body('1.25'), change)).toBe(
        body(temperature === 1.25 ? '1.25' : JSON.stringify(temperature)),
      );
    }),
  );
});
