/** What an upstream of Google's is sent beside the conversation. */
import { describe, expect, test } from 'vitest';
import type { ReasoningWish } from '../../../../gateway/chat/request.ts';
import { encode } from './wire-samples.ts';

describe('tools', () => {
  const parameters = { type: 'object', $schema: 'x', additionalProperties: false, properties: { a: { const: 1 } } };

  test('keep their JSON schema as it is, in one entry, tools of Google behind them', () => {
    const { body, dropped } = encode({
      tools: [
        { kind: 'function', name: 'a', description: 'A', parameters, strict: true },
        { kind: 'native', dialect: 'gemini', name: 'googleSearch', json: { googleSearch: {} } },
        { kind: 'function', name: 'b', description: null, parameters: {} },
      ],
    });
    expect(body.tools).toEqual([
      { functionDeclarations: [{ name: 'a', description: 'A', parametersJsonSchema: parameters }, { name: 'b' }] },
      { googleSearch: {} },
    ]);
    expect(body).not.toHaveProperty('toolConfig');
    expect(dropped).toEqual(['tools.*.strict']);
  });

  test.each([
    [{ type: 'none' as const }, { mode: 'NONE' }],
    [{ type: 'required' as const }, { mode: 'ANY' }],
    [
      { type: 'tool' as const, name: 'a' },
      { mode: 'ANY', allowedFunctionNames: ['a'] },
    ],
    [
      { type: 'allowed' as const, mode: 'required' as const, names: ['a'] },
      { mode: 'ANY', allowedFunctionNames: ['a'] },
    ],
    [
      { type: 'allowed' as const, mode: 'auto' as const, names: ['a'] },
      { mode: 'VALIDATED', allowedFunctionNames: ['a'] },
    ],
  ])('the choice %j is written', (toolChoice, functionCallingConfig) => {
    const { body } = encode({ toolChoice, tools: [{ kind: 'function', name: 'a', description: null, parameters }] });
    expect(body.toolConfig).toEqual({ functionCallingConfig });
  });
});

describe('the configuration', () => {
  test('is written whole', () => {
    const { body, emulated, dropped } = encode({
      temperature: 1,
      topP: 0.5,
      topK: 3,
      seed: 4,
      stop: ['x', ''],
      choices: 2,
      logprobs: { top: 2 },
      maxOutputTokens: 9,
      presencePenalty: 1,
      frequencyPenalty: -1,
      serviceTier: 'default',
      responseFormat: { type: 'json-schema', name: 'n', schema: { type: 'object' } },
    });
    expect(body).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'hi' }] }],
      generationConfig: {
        temperature: 1,
        topP: 0.5,
        topK: 3,
        seed: 4,
        stopSequences: ['x'],
        candidateCount: 2,
        responseLogprobs: true,
        logprobs: 2,
        maxOutputTokens: 9,
        presencePenalty: 1,
        frequencyPenalty: -1,
        responseMimeType: 'application/json',
        responseJsonSchema: { type: 'object' },
      },
      serviceTier: 'standard',
    });
    expect([emulated, dropped]).toEqual([[], []]);
  });

  test('what Gemini would refuse is brought into its range or left out, and told', () => {
    const { body, emulated, dropped } = encode({
      temperature: 3,
      seed: 2 ** 40,
      stop: [...'abcdefg'],
      serviceTier: 'fast',
      logprobs: { top: 50 },
    });
    expect(body.generationConfig).toEqual({ temperature: 2, stopSequences: [...'abcde'], responseLogprobs: true, logprobs: 20 });
    expect(emulated).toEqual(['temperature', 'logprobs.top']);
    expect(dropped).toEqual(['seed', 'stop', 'service_tier']);
  });

  test('a field that a provider refuses is left out, and told', () => {
    const { body, dropped } = encode({ serviceTier: 'flex' }, 'gemini-2.5-pro', ['serviceTier']);
    expect(body).not.toHaveProperty('serviceTier');
    expect(dropped).toEqual(['serviceTier']);
  });

  test('beside tools a schema is an instruction for models before Gemini 3', () => {
    const request = {
      tools: [{ kind: 'function' as const, name: 'a', description: null, parameters: {} }],
      responseFormat: { type: 'json-schema' as const, schema: { type: 'array' } },
    };
    const old = encode(request);
    expect(old.body).not.toHaveProperty('generationConfig');
    expect(old.body.systemInstruction.parts[0].text).toContain('{"type":"array"}');
    expect(old.emulated).toEqual(['response_format']);
    expect(encode(request, 'gemini-3-flash').body.generationConfig).toMatchObject({ responseJsonSchema: { type: 'array' } });
  });

  const cases: [string, ReasoningWish, object | undefined][] = [
    ['gemini-3-pro-preview', { effort: 'high' }, { thinkingLevel: 'HIGH', includeThoughts: true }],
    ['gemini-3-pro-preview', { effort: 'none' }, { thinkingLevel: 'LOW' }],
    ['gemini-3-flash', { effort: 'none', show: false }, { thinkingLevel: 'MINIMAL', includeThoughts: false }],
    ['gemini-3.1-pro', { effort: 'medium', budgetTokens: 5 }, { thinkingLevel: 'MEDIUM', includeThoughts: true }],
    ['gemini-3-flash', { budgetTokens: 500 }, { thinkingBudget: 500, includeThoughts: true }],
    ['gemini-2.5-flash', { effort: 'high' }, { thinkingBudget: 24576, includeThoughts: true }],
    ['gemini-2.5-flash', { effort: 'none' }, { thinkingBudget: 0 }],
    ['gemini-2.5-pro', { budgetTokens: 0, show: true }, { thinkingBudget: 128, includeThoughts: true }],
    ['gemini-2.5-pro', { budgetTokens: 31_999, effort: 'high' }, { thinkingBudget: 31_999, includeThoughts: true }],
    ['gemini-2.5-flash', { budgetTokens: 31_999 }, { thinkingBudget: 24_576, includeThoughts: true }],
    ['gemini-2.5-flash-lite', { budgetTokens: -1 }, { thinkingBudget: -1, includeThoughts: true }],
    ['gemini-2.5-flash', { show: false }, { includeThoughts: false }],
    ['gemini-2.0-flash', { effort: 'high' }, undefined],
    ['gemma-3-27b-it', { budgetTokens: 100 }, undefined],
  ];
  test.each(cases)('%s with %j is sent %j', (model, reasoning, thinkingConfig) => {
    expect(encode({ reasoning }, model).body.generationConfig?.thinkingConfig).toEqual(thinkingConfig);
  });
});

test('a request without anything special is its contents alone', () => {
  expect(encode({}).body).toEqual({ contents: [{ role: 'user', parts: [{ text: 'hi' }] }] });
});
