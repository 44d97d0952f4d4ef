/** Messages as each dialect can say them: seals, marks, pictures in results, calls. */
import { describe, expect, test } from 'vitest';
import type { Abilities } from '../../../../gateway/chat/abilities.ts';
import { adaptRequest } from '../../../../gateway/chat/adapt/adapt-request.ts';
import { FidelityNotes } from '../../../../gateway/chat/fidelity.ts';
import type { ChatMessage, ChatRole, ContentPart, ImagePart, ToolResultPart } from '../../../../gateway/chat/request.ts';
import type { SealMaker } from '../../../../gateway/chat/seal.ts';
import { ableDialect, plainRequest } from './any-request.ts';

function adapt(messages: readonly ChatMessage[], lacks: Partial<Abilities>) {
  const notes = new FidelityNotes();
  const { request } = adaptRequest({ ...plainRequest, messages }, ableDialect(lacks), notes);
  return { messages: request.messages, dropped: notes.dropped, emulated: notes.emulated };
}

const adaptParts = (role: ChatRole, parts: readonly ContentPart[], lacks: Partial<Abilities>) => {
  const { messages, dropped } = adapt([{ role, parts }], lacks);
  return { parts: messages.flatMap((message) => message.parts), dropped: dropped.map(({ field, count }) => [field, count]) };
};

const text = (said: string): ContentPart => ({ type: 'text', text: said });
const image: ImagePart = { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AAAA' } };
const result = (callId: string, ...content: ContentPart[]): ToolResultPart => ({
  type: 'tool-result',
  callId,
  name: null,
  content,
  isError: false,
});
const call = { type: 'tool-call', id: 'c', name: 'run', kind: 'function', input: '{}' } as const;
const makers: readonly SealMaker[] = ['anthropic', 'gemini', 'openai'];

describe('a seal goes back to its maker alone', () => {
  const cases = makers.flatMap((maker) => [...makers, null].map((own) => ({ maker, own })));
  test.each(cases)('of $maker, to a dialect of $own', ({ maker, own }) => {
    const seal = { maker, data: 'x' };
    const thought = { type: 'reasoning', text: 'hm', seal, redacted: false } as const;
    const sealed: readonly ContentPart[] = [thought, { type: 'text', text: 'a', seal }, { ...call, seal }];
    const bare: readonly ContentPart[] = [text('a'), call];
    const { parts, dropped } = adaptParts('assistant', sealed, { sealMaker: own, unsealedReasoning: false });
    expect(parts).toEqual(maker === own ? sealed : bare);
    const lost = [
      ['messages.*.content.*.reasoning', 1],
      ['messages.*.content.*.signature', 2],
    ];
    expect(dropped).toEqual(maker === own ? [] : lost);
    const unsealed = adaptParts('assistant', sealed, { sealMaker: own, unsealedReasoning: true });
    expect(unsealed.parts).toEqual(maker === own ? sealed : [{ ...thought, seal: null }, ...bare]);
  });

  test('thoughts of which only a foreign seal is there are left out even where bare ones are taken', () => {
    const hidden = { type: 'reasoning', text: '', seal: { maker: 'gemini', data: 'x' }, redacted: true } as const;
    expect(adaptParts('assistant', [hidden, text('a')], {}).parts).toEqual([text('a')]);
  });
});

describe('a message of which nothing is left', () => {
  const foreign: ContentPart = { type: 'native', dialect: 'Two', name: 'search_result', json: {} };

  test.each(['system', 'user', 'assistant', 'tool'] as const)('is left out, in the role %s', (role) => {
    const { messages, dropped } = adapt([{ role, parts: [foreign] }, ...plainRequest.messages], {});
    expect(messages).toEqual(plainRequest.messages);
    expect(dropped).toEqual([{ field: 'messages.*.content.*', words: 'search_result means something in Two alone', count: 1 }]);
  });

  test('stays when it was empty as it came', () => {
    expect(adapt([{ role: 'assistant', parts: [] }], {}).messages).toEqual([{ role: 'assistant', parts: [] }]);
  });

  test('two kinds of what one dialect alone knows are told apart', () => {
    const { dropped } = adapt([{ role: 'user', parts: [foreign, { ...foreign, name: 'shell' }, foreign] }], {});
    expect(dropped.map(({ words, count }) => `${count} ${words}`)).toEqual([
      '2 search_result means something in Two alone',
      '1 shell means something in Two alone',
    ]);
  });
});

describe('pictures in tool results, where they cannot stand', () => {
  const lacks = { mediaInResults: false };

  test('follow the last result of the turn: nothing parts the results from their calls', () => {
    const { messages, emulated } = adapt(
      [
        { role: 'tool', parts: [result('c1', text('a'), image)] },
        { role: 'tool', parts: [result('c2', image)] },
        { role: 'tool', parts: [result('c3', text('c'))] },
        { role: 'user', parts: [text('and?')] },
      ],
      lacks,
    );
    expect(messages).toEqual([
      { role: 'tool', parts: [result('c1', text('a'))] },
      { role: 'tool', parts: [result('c2', text('(see the next message)'))] },
      { role: 'tool', parts: [result('c3', text('c'))] },
      {
        role: 'user',
        parts: [
          text('What the tool call c1 gave beside its text:'),
          image,
          text('What the tool call c2 gave beside its text:'),
          image,
        ],
      },
      { role: 'user', parts: [text('and?')] },
    ]);
    expect(emulated).toMatchObject([{ field: 'messages.*.content.*', count: 2 }]);
  });

  test('follow at the end of the conversation', () => {
    expect(adapt([{ role: 'tool', parts: [result('c', image)] }], lacks).messages.map(({ role }) => role)).toEqual([
      'tool',
      'user',
    ]);
  });

  test('are refused, not moved, where the dialect takes none at all', () => {
    const refused = () => adapt([{ role: 'tool', parts: [result('c', text('a'), image)] }], { ...lacks, media: new Set() });
    expect(refused).toThrow(expect.objectContaining({ kind: 'untranslatable', field: 'messages.0.content.0.content.1' }));
  });

  test('stay where they can', () => {
    const messages: ChatMessage[] = [{ role: 'tool', parts: [result('c', image)] }];
    expect(adapt(messages, {})).toEqual({ messages, dropped: [], emulated: [] });
  });
});

describe('pictures and files', () => {
  const source = { type: 'url', url: 'https://a/b.png', mediaType: null } as const;
  test.each<[string, ContentPart, Partial<Abilities>]>([
    ['of a kind that is not taken', { type: 'audio', source }, { media: new Set(['image']) }],
    ['given by an address that is not fetched', { type: 'image', source }, { mediaUrls: false }],
    ['that another provider keeps', { type: 'file', source: { type: 'file-id', id: 'f' } }, {}],
  ])('%s are refused by name', (_what, part, lacks) => {
    const refused = () => adapt([{ role: 'user', parts: [text('a'), part] }], lacks);
    expect(refused).toThrow(expect.objectContaining({ kind: 'untranslatable', field: 'messages.0.content.1' }));
  });

  test('that a model made are not sent back to one', () => {
    const { parts, dropped } = adaptParts('assistant', [image, text('a')], {});
    expect([parts, dropped]).toEqual([[text('a')], [['messages.*.content.*', 1]]]);
  });
});

test('cache marks are taken off every kind of part, and counted as one note', () => {
  const cache = { ttl: '1h' } as const;
  const { messages, dropped } = adapt(
    [
      {
        role: 'user',
        parts: [
          { type: 'text', text: 'a', cache },
          { ...image, cache },
        ],
      },
      { role: 'assistant', parts: [{ ...call, cache }] },
      { role: 'tool', parts: [{ ...result('c', { type: 'text', text: 'b', cache }), cache }] },
    ],
    { cacheMarks: false },
  );
  expect(JSON.stringify(messages)).not.toContain('cache');
  expect(dropped.map(({ field, count }) => [field, count])).toEqual([
    ['messages.*.content.*.cache_control', 4],
    ['messages.*.content.*.content.*.cache_control', 1],
  ]);
});

test('an old call of a custom tool, offered or not, becomes the call of a function, and is noted', () => {
  const custom = { ...call, kind: 'custom', name: 'a.patch', namespace: 'n', input: 'say "hi"\n\ud83d\ude00' } as const;
  const { messages, emulated } = adapt([{ role: 'assistant', parts: [custom] }], { customTools: false, namespaces: false });
  expect(messages[0]?.parts).toEqual([
    { type: 'tool-call', id: 'c', name: 'n__a_patch', kind: 'function', input: JSON.stringify({ input: custom.input }) },
  ]);
  expect(emulated.map(({ field }) => field)).toEqual(['messages.*.content.*.name', 'messages.*.content.*']);
});

test('the name of a result follows that of its call', () => {
  const named = { ...result('c', text('a')), name: 'a.b' };
  const { messages, emulated } = adapt([{ role: 'tool', parts: [named] }], {});
  expect(messages[0]?.parts).toEqual([{ ...named, name: 'a_b' }]);
  expect(emulated.map(({ field }) => field)).toEqual(['messages.*.content.*.name']);
});
