/** What is remembered of thoughts, for whom, and how much. */
import { expect, test } from 'vitest';
import type { ChatEvent } from '../../../gateway/chat/event.ts';
import type { ChatRequest, ContentPart } from '../../../gateway/chat/request.ts';
import { ReasoningMemory } from '../../../gateway/exchange/reasoning-memory.ts';

const seal = (data: string) => ({ maker: 'anthropic' as const, data });

function answer(id: string, text: string, data: string): readonly ChatEvent[] {
  return [
    { type: 'reasoning', text },
    { type: 'reasoning-end', seal: seal(data), redacted: false },
    { type: 'tool-start', index: 0, id, name: 'f', kind: 'function' },
  ];
}

function remember(memory: ReasoningMemory, clientId: string | null, events: readonly ChatEvent[]): void {
  const observe = memory.observe(clientId);
  for (const event of events) observe(event);
}

/** The parts that a request's call comes back with. */
function recalled(memory: ReasoningMemory, clientId: string | null, id: string): readonly ContentPart[] {
  const call = { type: 'tool-call' as const, id, name: 'f', kind: 'function' as const, input: '{}' };
  const request = { messages: [{ role: 'assistant', parts: [call] }] } as unknown as ChatRequest;
  const [message] = memory.recall(clientId, request).messages;
  return message?.parts ?? [];
}

test('C-06 a thought comes back to the client whose call it was, and to no other', () => {
  const memory = new ReasoningMemory();
  remember(memory, 'one', answer('call', 'secret thought', 's'));
  expect(recalled(memory, 'one', 'call').map(({ type }) => type)).toEqual(['reasoning', 'tool-call']);
  for (const other of ['two', null, 'one call']) expect(recalled(memory, other, 'call')).toHaveLength(1);
});

test('U-05 a thought without end is not gathered, and one that is cut is not remembered beside its seal', () => {
  const memory = new ReasoningMemory();
  const piece = 'x'.repeat(1_000_000);
  const endless = Array.from({ length: 50 }, (): ChatEvent => ({ type: 'reasoning', text: piece }));
  remember(memory, null, [...endless, ...answer('long', 'end', 's')]);
  expect(recalled(memory, null, 'long')).toHaveLength(1);
  remember(memory, null, answer('short', 'fine', 's'));
  expect(recalled(memory, null, 'short')).toHaveLength(2);
});

test('U-15 the oldest are forgotten when there are too many, or too long names', () => {
  const memory = new ReasoningMemory();
  for (let number = 0; number < 10_050; number += 1) remember(memory, null, answer(`call${number}`, 't', 's'));
  expect(memory.size).toBe(10_000);
  expect(recalled(memory, null, 'call49')).toHaveLength(1);
  expect(recalled(memory, null, 'call50')).toHaveLength(2);
  for (let number = 0; number < 60; number += 1) remember(memory, null, answer(`${number}${'n'.repeat(1_000_000)}`, 't', 's'));
  expect(memory.size).toBeLessThan(40);
});
