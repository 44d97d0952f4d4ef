/** How models of Anthropic's are asked to think. */
import { describe, expect, test } from 'vitest';
import type { ChatRequest } from '../../../../gateway/chat/request.ts';
import { assistant, call, encode, result, sealed, text, tool, user } from './written-requests.ts';

describe('thinking', () => {
  const ask = (change: Partial<ChatRequest>, model?: string) => {
    const { body, dropped, emulated } = encode({ maxOutputTokens: 64_000, ...change }, model);
    return { thinking: body.thinking, effort: body.output_config?.effort, dropped, emulated };
  };

  test.each([
    [{ effort: 'low' }, { type: 'enabled', budget_tokens: 4096 }],
    [{ effort: 'max' }, { type: 'enabled', budget_tokens: 48_000 }],
    [
      { budgetTokens: 2000, show: false },
      { type: 'enabled', budget_tokens: 2000, display: 'omitted' },
    ],
    [{ budgetTokens: 5 }, { type: 'enabled', budget_tokens: 1024 }],
    [{ budgetTokens: 99_000 }, { type: 'enabled', budget_tokens: 63_999 }],
    [{ budgetTokens: -1 }, { type: 'enabled', budget_tokens: 12_000 }],
    [{ show: true }, { type: 'enabled', budget_tokens: 12_000 }],
    [{ show: false }, undefined],
    [{ effort: 'none' }, undefined],
    [{ budgetTokens: 0 }, undefined],
  ] as const)('a model that takes budgets is asked for %j so', (reasoning, thinking) => {
    expect(ask({ reasoning }).thinking).toEqual(thinking);
  });

  test('a budget leaves room for the answer, and is left out where there is none', () => {
    expect(ask({ reasoning: { effort: 'high' }, maxOutputTokens: 8000 }).thinking.budget_tokens).toBe(6000);
    expect(ask({ reasoning: { effort: 'high' }, maxOutputTokens: 1100 }).thinking.budget_tokens).toBe(1024);
    expect(ask({ reasoning: { effort: 'high' }, maxOutputTokens: 1024 })).toMatchObject({
      thinking: undefined,
      dropped: ['reasoning'],
    });
  });

  test.each([
    ['claude-opus-4-6', { effort: 'xhigh' }, 'high', ['reasoning.effort']],
    ['claude-opus-4-7', { effort: 'xhigh' }, 'xhigh', []],
    ['anthropic/claude-sonnet-4.6', { effort: 'minimal' }, 'low', ['reasoning.effort']],
    ['claude-sonnet-5', { budgetTokens: 31_999 }, 'high', ['reasoning.budget_tokens']],
    ['claude-haiku-5-5', { budgetTokens: -1 }, undefined, []],
  ] as const)('%s thinks adaptively when asked for %j', (model, reasoning, effort, emulated) => {
    expect(ask({ reasoning }, model)).toEqual({ thinking: { type: 'adaptive' }, effort, dropped: [], emulated });
  });

  test('whether thoughts are shown is said where a model thinks adaptively', () => {
    const shown = ask({ reasoning: { effort: 'high', show: true } }, 'claude-opus-4-8').thinking;
    expect(shown).toEqual({ type: 'adaptive', display: 'summarized' });
  });

  test.each([
    ['claude-opus-4-8', undefined, undefined],
    ['claude-sonnet-5', { type: 'disabled' }, undefined],
    ['claude-fable-5', undefined, 'low'],
    ['claude-opus-5-5', undefined, 'low'],
  ])('%s is told not to think as far as it can be', (model, thinking, effort) => {
    expect(ask({ reasoning: { effort: 'none' } }, model)).toMatchObject({ thinking, effort });
  });

  test.each([
    'claude-3-5-sonnet-20241022',
    'claude-opus-4-20250514',
    'claude-sonnet-4-5-20250929',
    'claude-3-7-sonnet',
    'minimax-m3',
  ])('%s is asked by a budget', (model) => expect(ask({ reasoning: { effort: 'low' } }, model).thinking.type).toBe('enabled'));

  test('a demanded call goes before thinking, except where a model always thinks', () => {
    const change: Partial<ChatRequest> = { tools: [tool], toolChoice: { type: 'required' }, reasoning: { effort: 'high' } };
    expect(ask(change)).toMatchObject({ thinking: undefined, dropped: ['reasoning'] });
    expect(ask(change, 'claude-sonnet-5')).toMatchObject({ thinking: { type: 'disabled' }, dropped: ['reasoning'] });
    expect(ask(change, 'claude-opus-5-5')).toMatchObject({ thinking: { type: 'adaptive' }, dropped: ['tool_choice'] });
  });

  test('a model that thinks is not sampled', () => {
    const { body, dropped } = encode({
      maxOutputTokens: 9000,
      reasoning: { effort: 'low' },
      temperature: 0.2,
      topP: 0.99,
      topK: 4,
    });
    expect([body.temperature, body.top_p, body.top_k, dropped]).toEqual([undefined, 0.99, undefined, ['temperature', 'top_k']]);
  });

  test('thinking pauses while calls without sealed thoughts wait for the model, where the API demands them', () => {
    const loop = [user(text('a')), assistant(call('t')), result('t')];
    const sealedLoop = [user(text('a')), assistant(sealed, call('t')), result('t')];
    const reasoning = { effort: 'low' } as const;
    expect(ask({ reasoning, messages: loop })).toMatchObject({ thinking: undefined, dropped: ['reasoning'] });
    expect(ask({ reasoning, messages: sealedLoop }).thinking.type).toBe('enabled');
    expect(ask({ reasoning, messages: [...loop, assistant(text('b')), user(text('c'))] }).thinking.type).toBe('enabled');
    expect(ask({ reasoning, messages: loop }, 'claude-opus-4-6').thinking.type).toBe('adaptive');
  });
});
