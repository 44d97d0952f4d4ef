/** Optional fields that a dialect lacks, and the ledger of a request. */
import { describe, expect, test } from 'vitest';
import type { OptionalField } from '../../../../gateway/chat/abilities.ts';
import { adaptFields, fieldName, setFields } from '../../../../gateway/chat/adapt/adapt-fields.ts';
import { reportFidelity } from '../../../../gateway/chat/adapt/fidelity-report.ts';
import { FidelityNotes } from '../../../../gateway/chat/fidelity.ts';
import type { ChatRequest } from '../../../../gateway/chat/request.ts';
import { ableDialect, plainRequest, tellingFields } from './any-request.ts';

const names = Object.keys(tellingFields) as (keyof typeof tellingFields)[];
const tool = { kind: 'function', name: 'run', description: null, parameters: {} } as const;

function drop(request: Partial<ChatRequest>, can: readonly OptionalField[] = []) {
  const notes = new FidelityNotes();
  const adapted = adaptFields({ ...plainRequest, ...request }, ableDialect({ fields: new Set(can) }), notes);
  return { adapted, dropped: notes.dropped.map(({ field }) => field) };
}

describe('a field', () => {
  test.each(names)('%s is kept where it has a word, else dropped and noted', (name) => {
    const request = { tools: [tool], [name]: tellingFields[name] };
    expect(drop(request, [name])).toEqual({ adapted: { ...plainRequest, ...request }, dropped: [] });
    const { adapted, dropped } = drop(request);
    expect(Object.hasOwn(adapted, name)).toBe(false);
    expect(dropped).toEqual([fieldName(name)]);
  });

  test.each<[string, Partial<ChatRequest>]>([
    ['calls in parallel', { parallelToolCalls: true, tools: [tool] }],
    ['no parallel calls of no tools', { parallelToolCalls: false }],
    ['one answer', { choices: 1 }],
    ['no thought', { reasoning: { effort: 'none' } }],
    ['no tokens of thought', { reasoning: { budgetTokens: 0 } }],
    ['no penalty', { frequencyPenalty: 0, presencePenalty: 0, repeatPenalty: 1 }],
    ['every token', { topP: 1, topK: 0, minP: 0 }],
    ['nothing', { stop: [], metadata: {}, logitBias: {}, endUser: '', suffix: '' }],
    ['any tier', { serviceTier: 'auto' }],
  ])('that asks for what happens anyway is dropped without a note: %s', (_what, request) => {
    const { adapted, dropped } = drop(request);
    expect(dropped).toEqual([]);
    for (const name of Object.keys(request)) expect(name === 'tools' || !Object.hasOwn(adapted, name)).toBe(true);
  });

  test('that asks for probabilities of the chosen tokens alone is still asked for', () => {
    expect(drop({ logprobs: { top: 0 } }).dropped).toEqual(['logprobs']);
  });

  test('suffix is refused where it would be lost: without it something else is asked', () => {
    expect(() => drop({ suffix: '}' })).toThrow(expect.objectContaining({ kind: 'untranslatable', field: 'suffix' }));
    expect(drop({ suffix: '}' }, ['suffix']).adapted.suffix).toBe('}');
  });

  test('that nobody read is noted by its own path', () => {
    const { adapted, dropped } = drop({ unread: ['safety_settings', 'messages.3.content.12.foo', '__proto__'] });
    expect(adapted.unread).toEqual([]);
    expect(dropped).toEqual(['safety_settings', 'messages.*.content.*.foo', '__proto__']);
  });
});

describe('the ledger', () => {
  test('names every field that is set, and none that is not', () => {
    expect(setFields(plainRequest)).toEqual(['messages']);
    const full = { ...plainRequest, ...tellingFields, suffix: 's', tools: [tool], maxOutputTokens: 5 };
    const set = setFields({ ...full, responseFormat: { type: 'json' } });
    expect(set).toEqual(
      expect.arrayContaining(['messages', 'tools', 'tool_choice', 'response_format', 'max_output_tokens', 'top_p', 'suffix']),
    );
    expect(new Set(set).size).toBe(names.length + 6);
  });

  test('tells a field that was touched from those that were kept', () => {
    const notes = new FidelityNotes();
    notes.drop('seed', 'no such field');
    notes.emulate('response_format', 'by an instruction');
    notes.drop('messages.0.content.1.cache_control', 'no marks');
    const request: ChatRequest = { ...plainRequest, seed: 1, temperature: 1, responseFormat: { type: 'json' } };
    expect(reportFidelity('One', 'Two', request, notes)).toEqual({
      from: 'One',
      to: 'Two',
      kept: ['messages', 'temperature'],
      emulated: [{ field: 'response_format', words: 'by an instruction', count: 1 }],
      dropped: [
        { field: 'seed', words: 'no such field', count: 1 },
        { field: 'messages.*.content.*.cache_control', words: 'no marks', count: 1 },
      ],
    });
  });
});
