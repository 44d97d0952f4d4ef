/** Thoughts of earlier turns, brought back for clients that cannot carry their seals. */
import { describe, expect, test } from 'vitest';
import type { ChatEvent } from '../../../../gateway/chat/event.ts';
import type { ChatRequest, ContentPart } from '../../../../gateway/chat/request.ts';
import type { Seal } from '../../../../gateway/chat/seal.ts';
import { ReasoningMemory } from '../../../../gateway/exchange/translation/reasoning-memory.ts';

const seal = (data: string): Seal => ({ maker: 'anthropic', data });
const start: ChatEvent = { type: 'start', id: 'a', model: 'm', createdAtSeconds: 1 };
const say = (text: string): ChatEvent => ({ type: 'text', text });
const think = (text: string, choice?: number): ChatEvent[] => {
  const ofChoice = choice === undefined ? {} : { choice };
  return [
    { type: 'reasoning', text, ...ofChoice },
    { type: 'reasoning-end', seal: seal(`of ${text}`), redacted: false, ...ofChoice },
  ];
};
const begin = (id: string, more: { seal?: Seal; choice?: number } = {}): ChatEvent => ({
  type: 'tool-start',
  index: 0,
  id,
  name: 'run',
  kind: 'function',
  ...more,
});

const call = (id: string): ContentPart => ({ type: 'tool-call', id, name: 'run', kind: 'function', input: '{}' });
const words = (text: string): ContentPart => ({ type: 'text', text });
const thought = (text: string): ContentPart => ({ type: 'reasoning', text, seal: seal(`of ${text}`), redacted: false });
const shown = (text: string): ContentPart => ({ type: 'reasoning', text, seal: null, redacted: false });

function request(...parts: readonly ContentPart[]): ChatRequest {
  return {
    model: 'm',
    messages: [
      { role: 'user', parts: [call('c1')] },
      { role: 'assistant', parts },
    ],
    tools: [],
    toolChoice: { type: 'auto' },
    responseFormat: { type: 'text' },
    maxOutputTokens: null,
    stream: false,
    streamUsage: false,
    unread: [],
  };
}

function remember(...events: readonly ChatEvent[]): ReasoningMemory {
  const memory = new ReasoningMemory();
  const observe = memory.observe('client');
  for (const event of [start, ...events]) observe(event);
  return memory;
}

const recalled = (memory: ReasoningMemory, ...parts: readonly ContentPart[]) =>
  memory.recall('client', request(...parts)).messages[1]?.parts;

describe('sealed thoughts come back', () => {
  test('before the call that followed them', () => {
    expect(recalled(remember(...think('a'), begin('c1')), call('c1'))).toEqual([thought('a'), call('c1')]);
  });

  test('before the words that followed them, where those came before the call', () => {
    const memory = remember(...think('a'), say('I will run it.'), ...think('b'), begin('c1'), ...think('c'), begin('c2'));
    const parts = recalled(memory, words('I will run it.'), call('c1'), call('c2'));
    expect(parts).toEqual([thought('a'), words('I will run it.'), thought('b'), call('c1'), thought('c'), call('c2')]);
  });

  test('with the seal of the call itself', () => {
    const memory = remember(begin('c1', { seal: seal('own') }));
    expect(recalled(memory, call('c1'))).toEqual([{ ...call('c1'), seal: seal('own') }]);
  });

  test('in place of what the client shows of them', () => {
    expect(recalled(remember(...think('a'), begin('c1')), shown('a'), call('c1'))).toEqual([thought('a'), call('c1')]);
  });

  test('beside what the client shows, when only the call was sealed', () => {
    const parts = recalled(remember(begin('c1', { seal: seal('own') })), shown('a'), call('c1'));
    expect(parts).toEqual([shown('a'), { ...call('c1'), seal: seal('own') }]);
  });
});

describe('nothing is brought back', () => {
  const memory = remember(...think('a'), begin('c1'));

  test('to another client', () => {
    for (const client of ['other', null])
      expect(memory.recall(client, request(call('c1'))).messages[1]?.parts).toEqual([call('c1')]);
  });

  test('where the client brings a seal of its own', () => {
    expect(recalled(memory, thought('own'), call('c1'))).toEqual([thought('own'), call('c1')]);
  });

  test('for a call that is not known, or not the model’s', () => {
    expect(recalled(memory, call('c9'), words('a'))).toEqual([call('c9'), words('a')]);
    expect(memory.recall('client', request()).messages[0]?.parts).toEqual([call('c1')]);
  });

  test('of thoughts without a seal', () => {
    const unsealed = remember(
      { type: 'reasoning', text: 'a' },
      { type: 'reasoning-end', seal: null, redacted: false },
      begin('c1'),
    );
    expect(unsealed.size).toBe(0);
  });

  test('of an answer that broke off before another began', () => {
    expect(remember(...think('broken'), start, begin('c1')).size).toBe(0);
    const memory = remember(...think('broken'), start, ...think('whole'), begin('c1'));
    expect(recalled(memory, call('c1'))).toEqual([thought('whole'), call('c1')]);
  });
});

test('choices of one answer think for themselves', () => {
  const memory = remember(...think('a'), ...think('b', 1), begin('c1'), begin('c2', { choice: 1 }));
  expect(recalled(memory, call('c1'))).toEqual([thought('a'), call('c1')]);
  expect(recalled(memory, call('c2'))).toEqual([thought('b'), call('c2')]);
});

test('the request is left as it came', () => {
  const asked = request(shown('a'), call('c1'));
  const before = structuredClone(asked);
  remember(...think('a'), begin('c1')).recall('client', asked);
  expect(asked).toEqual(before);
});

describe('the memory', () => {
  test('keeps ten thousand calls, the latest', () => {
    const memory = remember(...Array.from({ length: 10_050 }, (_each, index) => begin(`c${index}`, { seal: seal('x') })));
    expect(memory.size).toBe(10_000);
    expect(recalled(memory, call('c0'))).toEqual([call('c0')]);
    expect(recalled(memory, call('c10049'))).toEqual([{ ...call('c10049'), seal: seal('x') }]);
  });

  test('keeps 32 megabytes, the latest, and no single one that is larger', () => {
    const megabyte = 'x'.repeat(1024 * 1024);
    const memory = remember(...Array.from({ length: 40 }, (_each, index) => [...think(megabyte), begin(`c${index}`)]).flat());
    // A seal of the same length comes with each thought.
    expect(memory.size).toBe(15);
    const observe = memory.observe(null);
    for (const event of [...think(megabyte.repeat(40)), begin('large')]) observe(event);
    expect(memory.recall(null, request(call('large'))).messages[1]?.parts).toEqual([call('large')]);
    expect(memory.size).toBe(15);
  });

  test('keeps a call once that is told of twice', () => {
    const memory = remember(...think('a'), begin('c1'), start, ...think('b'), begin('c1'));
    expect(memory.size).toBe(1);
    expect(recalled(memory, call('c1'))).toEqual([thought('b'), call('c1')]);
  });
});
