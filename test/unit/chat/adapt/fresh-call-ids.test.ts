/** Ids of tool calls from servers that number the calls of every answer from the start. */
import { expect, test } from 'vitest';
import { FreshCallIds } from '../../../../gateway/chat/adapt/fresh-call-ids.ts';
import { createAnswerRestorer } from '../../../../gateway/chat/adapt/restore-answer.ts';
import { ToolNames } from '../../../../gateway/chat/adapt/tool-names.ts';
import type { ToolStartEvent } from '../../../../gateway/chat/event.ts';
import type { ChatMessage } from '../../../../gateway/chat/request.ts';
import { chatAbilities } from '../../../../gateway/dialects/openai/chat/abilities.ts';

const start = (id: string, index: number): ToolStartEvent => ({ type: 'tool-start', index, id, name: 'write', kind: 'function' });

/** A conversation in which `write` was called by these ids. */
const conversation = (...ids: readonly string[]): ChatMessage[] =>
  ids.map((id) => ({ role: 'assistant', parts: [{ type: 'tool-call', id, name: 'write', kind: 'function', input: '{}' }] }));

function idsOf(messages: readonly ChatMessage[], ...given: readonly string[]): string[] {
  const restorer = createAnswerRestorer(new ToolNames([], chatAbilities), new FreshCallIds(messages), false);
  const events = given.flatMap((id, index) => restorer.push(start(id, index)));
  return events.flatMap((event) => (event.type === 'tool-start' ? [event.id] : []));
}

test('an id that no earlier call has stays as it is', () => {
  expect(idsOf(conversation('call_1'), 'call_2', 'toolu_1')).toEqual(['call_2', 'toolu_1']);
});

test('a call with the id of an earlier one gets an id of its own, in every turn another', () => {
  expect(idsOf(conversation('call_0'), 'call_0')).toEqual(['call_0-2']);
  expect(idsOf(conversation('call_0', 'call_0-2'), 'call_0')).toEqual(['call_0-3']);
});

test('two calls of one answer never have the same id', () => {
  expect(idsOf([], 'call_0', 'call_0')).toEqual(['call_0', 'call_0-2']);
});

test('two answers to the same conversation get the same ids', () => {
  const before = conversation('call_0');
  expect(idsOf(before, 'call_0', 'call_1')).toEqual(idsOf(before, 'call_0', 'call_1'));
});

test('very many calls of one id get ids of their own at once', () => {
  const begun = performance.now();
  expect(new Set(idsOf([], ...Array.from({ length: 50_000 }, () => 'x'))).size).toBe(50_000);
  expect(performance.now() - begun).toBeLessThan(3_000);
});
