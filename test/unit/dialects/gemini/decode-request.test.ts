/** A Gemini client's request, as the inner language says it. */
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../../gateway/chat/error.ts';
import { decodeRequest } from '../../../../gateway/dialects/gemini/request/decode-request.ts';
import { decode, plainRequest } from './wire-samples.ts';

const user = { role: 'user', parts: [{ text: 'hi' }] };

/** The field a refusal names. */
function refused(body: object): string | undefined {
  try {
    decode(body);
  } catch (error) {
    if (error instanceof GatewayError && error.kind === 'bad-request') return error.field;
    throw error;
  }
  return undefined;
}

describe('the place of things', () => {
  test('model and stream come from the path, with or without the collection before the name', () => {
    expect(decode({})).toEqual(plainRequest);
    expect(decodeRequest({ contents: user }, { model: 'models/gemini-3-pro', stream: false })).toMatchObject({
      model: 'gemini-3-pro',
      stream: false,
    });
    expect(decodeRequest({ contents: user, model: 'models/x' }, { model: null, stream: null })).toMatchObject({ model: 'x' });
  });

  test('both spellings of every key mean the same', () => {
    const snake = {
      system_instruction: { parts: [{ text: 's' }] },
      generation_config: { max_output_tokens: 5, stop_sequences: ['x'], thinking_config: { include_thoughts: true } },
      tool_config: { function_calling_config: { mode: 'ANY', allowed_function_names: ['f'] } },
      tools: [{ function_declarations: [{ name: 'f', parameters_json_schema: { type: 'object' } }] }],
      contents: [
        { role: 'user', parts: [{ inline_data: { mime_type: 'image/png', data: 'AAAA' } }] },
        { role: 'model', parts: [{ function_call: { name: 'f', args: { a_b: 1 } }, thought_signature: 'c2ln' }] },
        { role: 'user', parts: [{ function_response: { name: 'f', response: { some_key: 1 } } }] },
      ],
    };
    const camel = {
      systemInstruction: { parts: [{ text: 's' }] },
      generationConfig: { maxOutputTokens: 5, stopSequences: ['x'], thinkingConfig: { includeThoughts: true } },
      toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } },
      tools: [{ functionDeclarations: [{ name: 'f', parametersJsonSchema: { type: 'object' } }] }],
      contents: [
        { role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }] },
        { role: 'model', parts: [{ functionCall: { name: 'f', args: { a_b: 1 } }, thoughtSignature: 'c2ln' }] },
        { role: 'user', parts: [{ functionResponse: { name: 'f', response: { some_key: 1 } } }] },
      ],
    };
    expect(decode(snake)).toEqual(decode(camel));
    expect(decode(camel).unread).toEqual([]);
    expect(decode(camel).messages[2]?.parts).toMatchObject([{ input: '{"a_b":1}' }]);
  });

  test.each([
    ['text', 'be brief'],
    ['a part', { text: 'be brief' }],
    ['a list of parts', [{ text: 'be brief' }]],
    ['a content', { role: 'system', parts: [{ text: 'be brief' }] }],
    ['a content of one part', { parts: { text: 'be brief' } }],
  ])('instructions given as %s stand first', (_form, systemInstruction) => {
    expect(decode({ systemInstruction }).messages[0]).toEqual({ role: 'system', parts: [{ type: 'text', text: 'be brief' }] });
  });

  test('what has no word is named by the path the client gave it', () => {
    const { unread } = decode({
      safety_settings: [{}],
      cachedContent: 'cachedContents/1',
      generationConfig: { speechConfig: {}, responseModalities: ['TEXT', { toString: 1 }], thinkingConfig: { future: 1 } },
      tools: [{ functionDeclarations: [{ name: 'f', behavior: 'BLOCKING' }] }],
      toolConfig: { retrievalConfig: {} },
      contents: [{ role: 'user', parts: [{ text: 'a', videoMetadata: { fps: 1 } }] }],
    });
    expect(unread.toSorted()).toEqual([
      'cachedContent',
      'contents.0.parts.0.videoMetadata',
      'generationConfig.responseModalities',
      'generationConfig.speechConfig',
      'generationConfig.thinkingConfig.future',
      'safety_settings',
      'toolConfig.retrievalConfig',
      'tools.0.functionDeclarations.0.behavior',
    ]);
  });
});

describe('the configuration', () => {
  test('every number that decides the sampling arrives', () => {
    const generationConfig = {
      temperature: 0.3,
      topP: '0.9',
      topK: 40,
      maxOutputTokens: 100,
      stopSequences: ['END'],
      candidateCount: 2,
      seed: 5,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      responseLogprobs: true,
      logprobs: 3,
    };
    expect(decode({ generationConfig, serviceTier: 'flex' })).toEqual({
      ...plainRequest,
      temperature: 0.3,
      topP: 0.9,
      topK: 40,
      maxOutputTokens: 100,
      stop: ['END'],
      choices: 2,
      seed: 5,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      logprobs: { top: 3 },
      serviceTier: 'flex',
    });
  });

  test.each([
    ['standard', 'default'],
    ['PRIORITY', 'priority'],
    ['unspecified', undefined],
  ])('the tier %s is %s', (serviceTier, tier) => {
    expect(decode({ serviceTier }).serviceTier).toBe(tier);
  });

  test.each([
    [{ responseMimeType: 'application/json' }, { type: 'json' }],
    [{ responseMimeType: 'text/plain' }, { type: 'text' }],
    [
      { responseMimeType: 'application/json', responseSchema: { type: 'STRING' } },
      { type: 'json-schema', schema: { type: 'string' } },
    ],
    [{ responseJsonSchema: { type: 'OBJECT' } }, { type: 'json-schema', schema: { type: 'object' } }],
    [{ responseMimeType: 'text/x.enum', responseSchema: { type: 'STRING', enum: ['a'] } }, { type: 'text' }],
  ])('the format %j is read', (generationConfig, responseFormat) => {
    expect(decode({ generationConfig }).responseFormat).toEqual(responseFormat);
  });

  test.each([
    [{ thinkingBudget: 0 }, { budgetTokens: 0, show: false }],
    [
      { thinkingBudget: -1, includeThoughts: true },
      { budgetTokens: -1, show: true },
    ],
    [
      { thinkingLevel: 'HIGH', includeThoughts: true },
      { effort: 'high', show: true },
    ],
    [{ thinkingLevel: 'low' }, { effort: 'low', show: false }],
    [{ thinkingLevel: 'THINKING_LEVEL_UNSPECIFIED', includeThoughts: true }, { show: true }],
  ])('the thinking %j is read', (thinkingConfig, reasoning) => {
    expect(decode({ generationConfig: { thinkingConfig } }).reasoning).toEqual(reasoning);
  });
});

describe('tools', () => {
  test('functions of many entries, and tools of Google beside them, are all there', () => {
    const { tools } = decode({
      tools: [
        {
          functionDeclarations: [
            { name: 'a', description: 'A' },
            { name: 'b', parametersJsonSchema: { type: 'object', $schema: 'x' } },
          ],
        },
        {
          functionDeclarations: [{ name: 'c', parameters: { type: 'OBJECT', properties: { type: { type: 'STRING' } } } }],
          google_search: {},
        },
        { codeExecution: {} },
      ],
    });
    expect(tools).toEqual([
      { kind: 'function', name: 'a', description: 'A', parameters: { type: 'object', properties: {} } },
      { kind: 'function', name: 'b', description: null, parameters: { type: 'object', $schema: 'x' } },
      {
        kind: 'function',
        name: 'c',
        description: null,
        parameters: { type: 'object', properties: { type: { type: 'string' } } },
      },
      { kind: 'native', dialect: 'gemini', name: 'googleSearch', json: { googleSearch: {} } },
      { kind: 'native', dialect: 'gemini', name: 'codeExecution', json: { codeExecution: {} } },
    ]);
  });

  test("Google's schemas become JSON schema, with data that looks like a schema left alone", () => {
    const parameters = {
      type: 'OBJECT',
      required: ['a'],
      propertyOrdering: ['a', 'b'],
      properties: {
        a: { type: 'STRING', format: 'enum', enum: ['STRING', 'x'], nullable: true },
        b: { type: 'ARRAY', min_items: '2', items: { any_of: [{ type: 'INTEGER' }, { type: 'NUMBER' }] } },
        nullable: { type: 'BOOLEAN', default: { type: 'STRING' } },
        some_key: { type: ['STRING', 'NULL'] },
      },
    };
    const [tool] = decode({ tools: [{ functionDeclarations: [{ name: 'f', parameters }] }] }).tools;
    expect(tool).toMatchObject({
      parameters: {
        type: 'object',
        required: ['a'],
        properties: {
          a: { type: ['string', 'null'], enum: ['STRING', 'x', null] },
          b: { type: 'array', minItems: 2, items: { anyOf: [{ type: 'integer' }, { type: 'number' }] } },
          nullable: { type: 'boolean', default: { type: 'STRING' } },
          some_key: { type: ['string', 'null'] },
        },
      },
    });
  });

  test.each([
    [{ mode: 'AUTO' }, { type: 'auto' }],
    [{ mode: 'ANY' }, { type: 'required' }],
    [
      { mode: 'any', allowedFunctionNames: ['f'] },
      { type: 'tool', name: 'f' },
    ],
    [
      { mode: 'ANY', allowedFunctionNames: ['f', 'g'] },
      { type: 'allowed', mode: 'required', names: ['f', 'g'] },
    ],
    [{ mode: 'NONE' }, { type: 'none' }],
    [{ mode: 'VALIDATED' }, { type: 'auto' }],
    [
      { mode: 'VALIDATED', allowedFunctionNames: ['f'] },
      { type: 'allowed', mode: 'auto', names: ['f'] },
    ],
    [{}, { type: 'auto' }],
  ])('the choice %j is read', (functionCallingConfig, toolChoice) => {
    expect(decode({ toolConfig: { functionCallingConfig } }).toolChoice).toEqual(toolChoice);
  });
});

test.each([
  ['contents', { contents: null }],
  ['contents', { contents: [] }],
  ['contents', { contents: 'hi' }],
  ['contents.0', { contents: ['hi'] }],
  ['contents.0.role', { contents: [{ role: 'assistant', parts: [] }] }],
  ['contents.1.parts.0.text', { contents: [user, { parts: [{ text: 5 }] }] }],
  ['contents.0.parts.0.functionCall', { contents: [{ parts: [call('f', {})] }] }],
  ['contents.0.parts.0.functionCall.name', { contents: [{ role: 'model', parts: [{ functionCall: {} }] }] }],
  ['contents.0.parts.0.functionCall.args', { contents: [{ role: 'model', parts: [{ functionCall: { name: 'f', args: [] } }] }] }],
  ['contents.0.parts.0.functionResponse', { contents: [{ role: 'model', parts: [response('f', '')] }] }],
  ['contents.0.parts.0.inlineData.data', { contents: [{ parts: [{ inlineData: { mimeType: 'image/tiff', data: 'AAAA' } }] }] }],
  ['contents.0.parts.0.inlineData.data', { contents: [{ parts: [{ inlineData: { mimeType: 'image/png', data: '%' } }] }] }],
  ['generationConfig', { generationConfig: [] }],
  ['generationConfig.temperature', { generationConfig: { temperature: 'warm' } }],
  ['generationConfig.maxOutputTokens', { generationConfig: { maxOutputTokens: 1.5 } }],
  ['generationConfig.stopSequences.0', { generationConfig: { stopSequences: [1] } }],
  ['generationConfig.responseSchema', { generationConfig: { responseSchema: 'x' } }],
  ['generationConfig.thinkingConfig.thinkingLevel', { generationConfig: { thinkingConfig: { thinkingLevel: 'vast' } } }],
  ['toolConfig.functionCallingConfig.mode', { toolConfig: { functionCallingConfig: { mode: 'SOME' } } }],
  ['tools.0', { tools: ['x'] }],
  ['tools.0.functionDeclarations.0.name', { tools: [{ functionDeclarations: [{}] }] }],
  ['systemInstruction.parts.0.text', { systemInstruction: { parts: [{ text: 1 }] } }],
])('a refusal names %s', (field, body) => {
  expect(refused(body)).toBe(field);
});

function call(name: string, args: object) {
  return { functionCall: { name, args } };
}

function response(name: string, output: string) {
  return { functionResponse: { name, response: { output } } };
}
