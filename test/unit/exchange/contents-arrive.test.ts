/** What stands inside of messages arrives in every pair of dialects: pictures in tool results, failed tools, late instructions. */
import { describe, expect, test } from 'vitest';
import { anthropicMessages, type Dialect, gemini, ollama, openAiChat, openAiResponses } from '../../../gateway/dialects/index.ts';
import { speakers } from '../../support/matrix/matrix-lab.ts';
import type { Heard } from '../../support/matrix/sayings.ts';
import { png } from '../../support/matrix/scenarios.ts';
import { relayHere, translationOf } from '../../support/translate-here.ts';

const chatDialects = [openAiChat, openAiResponses, anthropicMessages, gemini, ollama];

interface Said {
  readonly heard: Heard;
  readonly json: string;
  readonly notes: readonly string[];
}

function say(from: Dialect, to: Dialect, more: object): Said {
  const translation = translationOf(from, to, more);
  const { dropped, emulated } = translation.report();
  const json = translation.body.toString('utf8');
  const speaker = speakers.find(({ dialect }) => dialect === to.name);
  if (!speaker) throw new Error(`nobody speaks ${to.name}`);
  const heard = speaker.hear('/models/m:generateContent', JSON.parse(json));
  return { heard, json, notes: [...dropped, ...emulated].map(({ field }) => field) };
}

const image = { type: 'base64', media_type: 'image/png', data: png };
const parameters = { type: 'object', properties: {} };

/** A tool that gave a picture beside its words, and one that failed, in the words of those who can say it. */
const withPicture = [
  {
    from: anthropicMessages,
    more: {
      tools: [{ name: 'look', input_schema: parameters }],
      messages: [
        { role: 'user', content: 'Look.' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'call_1', name: 'look', input: { n: 1 } }] },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 'call_1',
              content: [
                { type: 'text', text: 'Seen 水.' },
                { type: 'image', source: image },
              ],
            },
            { type: 'text', text: 'And now?' },
          ],
        },
      ],
    },
  },
  {
    from: openAiResponses,
    more: {
      tools: [{ type: 'function', name: 'look', parameters, strict: false }],
      input: [
        { role: 'user', content: 'Look.' },
        { type: 'function_call', call_id: 'call_1', name: 'look', arguments: '{"n":1}' },
        {
          type: 'function_call_output',
          call_id: 'call_1',
          output: [
            { type: 'input_text', text: 'Seen 水.' },
            { type: 'input_image', detail: 'auto', image_url: `data:image/png;base64,${png}` },
          ],
        },
        { role: 'user', content: 'And now?' },
      ],
    },
  },
  {
    from: gemini,
    more: {
      tools: [{ functionDeclarations: [{ name: 'look', parametersJsonSchema: parameters }] }],
      contents: [
        { role: 'user', parts: [{ text: 'Look.' }] },
        { role: 'model', parts: [{ functionCall: { id: 'call_1', name: 'look', args: { n: 1 } } }] },
        {
          role: 'user',
          parts: [
            {
              functionResponse: {
                id: 'call_1',
                name: 'look',
                response: { output: 'Seen 水.' },
                parts: [{ inlineData: { mimeType: 'image/png', data: png } }],
              },
            },
            { text: 'And now?' },
          ],
        },
      ],
    },
  },
];

const pictureCases = withPicture.flatMap(({ from, more }) =>
  chatDialects.filter((to) => to !== from).map((to) => ({ from, to, more })),
);

test.each(pictureCases)('a picture in a tool result arrives, from $from.name to $to.name', ({ from, to, more }) => {
  const { heard, json } = say(from, to, more);
  expect(json.split(png)).toHaveLength(2);
  const results = heard.turns.flatMap((turn) => turn.results);
  expect(results.map(({ text }) => text.includes('Seen 水.'))).toEqual([true]);
  expect(heard.turns.flatMap(({ calls }) => calls.map(({ args }) => args))).toEqual([{ n: 1 }]);
  expect(json).toContain('And now?');
  expect(json.indexOf('And now?')).toBeGreaterThan(json.indexOf('Seen'));
  expect(json.indexOf(png)).toBeGreaterThan(json.indexOf('look'));
});

const others = (from: Dialect) => chatDialects.filter((to) => to !== from).map((to) => ({ from, to }));

test.each(others(anthropicMessages))('a tool that failed is no tool that succeeded, to $to.name', ({ from, to }) => {
  const result = (isError: boolean) => ({
    tools: [{ name: 'look', input_schema: parameters }],
    messages: [
      { role: 'user', content: 'Look.' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'call_1', name: 'look', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1', content: 'Nothing.', is_error: isError }] },
    ],
  });
  const [failed, good] = [say(from, to, result(true)), say(from, to, result(false))];
  expect(failed.json).toContain('Nothing.');
  const isTold = failed.json !== good.json || failed.notes.length > good.notes.length;
  expect(isTold).toBe(true);
});

const instructing = [
  {
    from: openAiChat,
    more: (late: object) => ({
      messages: [{ role: 'user', content: 'A?' }, { role: 'assistant', content: 'B.' }, late, { role: 'user', content: 'C?' }],
    }),
  },
  {
    from: openAiResponses,
    more: (late: object) => ({
      input: [{ role: 'user', content: 'A?' }, { role: 'assistant', content: 'B.' }, late, { role: 'user', content: 'C?' }],
    }),
  },
  {
    from: anthropicMessages,
    more: (late: object) => ({
      messages: [{ role: 'user', content: 'A?' }, { role: 'assistant', content: 'B.' }, late, { role: 'user', content: 'C?' }],
    }),
  },
  {
    from: ollama,
    more: (late: object) => ({
      messages: [{ role: 'user', content: 'A?' }, { role: 'assistant', content: 'B.' }, late, { role: 'user', content: 'C?' }],
    }),
  },
];
const lateCases = instructing.flatMap(({ from, more }) => others(from).map(({ to }) => ({ from, to, more })));

test.each(lateCases)('an instruction in the middle arrives once, from $from.name to $to.name', ({ from, to, more }) => {
  const { json, heard } = say(from, to, more({ role: 'system', content: 'From now on in Nynorsk.' }));
  expect(json.split('From now on in Nynorsk.')).toHaveLength(2);
  expect(heard.turns.map(({ text }) => text).join(' ')).toMatch(/A\?.*B\..*C\?/s);
});

describe('two answers at once', () => {
  const frame = (index: number, text: string, finishReason?: string) => ({
    candidates: [{ index, content: { parts: [{ text }], role: 'model' }, ...(finishReason && { finishReason }) }],
    responseId: 'r',
    modelVersion: 'm',
  });
  const frames = [frame(0, 'One'), frame(1, 'Two'), frame(0, '.', 'STOP'), frame(1, '!', 'MAX_TOKENS')];
  const bytes = Buffer.from(frames.map((one) => `data: ${JSON.stringify(one)}\r\n\r\n`).join(''));

  test('keep apart in a chat stream, whose clients know choices', () => {
    const { text, end } = relayHere(openAiChat, gemini, [bytes]);
    expect(end).toBe('complete');
    const choices = text
      .split('\n\n')
      .flatMap((one): { index: number; delta: { content?: string }; finish_reason: string | null }[] => {
        return one.startsWith('data: {') ? JSON.parse(one.slice(6)).choices : [];
      });
    const of = (index: number) => choices.filter((choice) => choice.index === index);
    expect(
      of(0)
        .map(({ delta }) => delta.content ?? '')
        .join(''),
    ).toBe('One.');
    expect(
      of(1)
        .map(({ delta }) => delta.content ?? '')
        .join(''),
    ).toBe('Two!');
    expect([of(0).at(-1)?.finish_reason, of(1).at(-1)?.finish_reason]).toEqual(['stop', 'length']);
  });

  test.each([openAiResponses, anthropicMessages, ollama])('leave the first alone to clients of $name', (client) => {
    const { text, end } = relayHere(client, gemini, [bytes]);
    expect(end).toBe('complete');
    expect(text).not.toContain('Two');
  });
});
