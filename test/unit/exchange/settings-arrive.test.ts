/** No setting is lost in silence: in every pair of dialects it arrives in its place, or the ledger names it as its client does. */
import { describe, expect, test } from 'vitest';
import { anthropicMessages, type Dialect, gemini, ollama, openAiChat, openAiResponses } from '../../../gateway/dialects/index.ts';
import { reach } from '../../support/matrix/reach.ts';
import { translationOf } from '../../support/translate-here.ts';

type Path = readonly string[];
type Places = Readonly<Partial<Record<'chat' | 'responses' | 'anthropic' | 'gemini' | 'ollama', Path>>>;

interface Setting {
  readonly name: string;
  readonly value: unknown;
  /** Where each dialect says it; left out where it has no word for it. */
  readonly places: Places;
  /** What else its client has to say for it to mean something. */
  readonly beside?: Readonly<Partial<Record<keyof Places, object>>>;
}

const sides: Readonly<Record<keyof Places, Dialect>> = {
  chat: openAiChat,
  responses: openAiResponses,
  anthropic: anthropicMessages,
  gemini,
  ollama,
};

const inConfig = (name: string): Path => ['generationConfig', name];
const inOptions = (name: string): Path => ['options', name];

const parameters = { type: 'object', properties: { a: { type: 'string' } } };
/** Two tools, in each dialect's words. */
const tools = {
  chat: { tools: ['f', 'g'].map((name) => ({ type: 'function', function: { name, parameters } })) },
  responses: { tools: ['f', 'g'].map((name) => ({ type: 'function', name, parameters, strict: null })) },
  anthropic: { tools: ['f', 'g'].map((name) => ({ name, input_schema: parameters })) },
  gemini: { tools: [{ functionDeclarations: ['f', 'g'].map((name) => ({ name, parametersJsonSchema: parameters })) }] },
  ollama: { tools: ['f', 'g'].map((name) => ({ type: 'function', function: { name, parameters } })) },
};

const settings: readonly Setting[] = [
  {
    name: 'temperature',
    value: 0.5,
    places: {
      chat: ['temperature'],
      responses: ['temperature'],
      anthropic: ['temperature'],
      gemini: inConfig('temperature'),
      ollama: inOptions('temperature'),
    },
  },
  {
    name: 'top_p',
    value: 0.9,
    places: { chat: ['top_p'], responses: ['top_p'], anthropic: ['top_p'], gemini: inConfig('topP'), ollama: inOptions('top_p') },
  },
  {
    name: 'top_k',
    value: 40,
    places: { chat: ['top_k'], anthropic: ['top_k'], gemini: inConfig('topK'), ollama: inOptions('top_k') },
  },
  { name: 'min_p', value: 0.1, places: { chat: ['min_p'], ollama: inOptions('min_p') } },
  { name: 'seed', value: 7, places: { chat: ['seed'], gemini: inConfig('seed'), ollama: inOptions('seed') } },
  {
    name: 'stop',
    value: ['END', '水'],
    places: { chat: ['stop'], anthropic: ['stop_sequences'], gemini: inConfig('stopSequences'), ollama: inOptions('stop') },
  },
  {
    name: 'frequency_penalty',
    value: 0.5,
    places: { chat: ['frequency_penalty'], gemini: inConfig('frequencyPenalty'), ollama: inOptions('frequency_penalty') },
  },
  {
    name: 'presence_penalty',
    value: 0.5,
    places: { chat: ['presence_penalty'], gemini: inConfig('presencePenalty'), ollama: inOptions('presence_penalty') },
  },
  { name: 'repeat_penalty', value: 1.2, places: { chat: ['repetition_penalty'], ollama: inOptions('repeat_penalty') } },
  { name: 'choices', value: 2, places: { chat: ['n'], gemini: inConfig('candidateCount') } },
  {
    name: 'logprobs',
    value: 3,
    places: { chat: ['top_logprobs'], responses: ['top_logprobs'], gemini: inConfig('logprobs'), ollama: ['top_logprobs'] },
    beside: {
      chat: { logprobs: true },
      responses: { include: ['message.output_text.logprobs'] },
      gemini: { generationConfig: { responseLogprobs: true } },
      ollama: { logprobs: true },
    },
  },
  { name: 'logit_bias', value: { 50256: -100 }, places: { chat: ['logit_bias'] } },
  { name: 'verbosity', value: 'low', places: { chat: ['verbosity'], responses: ['text', 'verbosity'] } },
  {
    name: 'end_user',
    value: 'somebody',
    places: { chat: ['user'], responses: ['safety_identifier'], anthropic: ['metadata', 'user_id'] },
  },
  { name: 'metadata', value: { a: 'b' }, places: { chat: ['metadata'], responses: ['metadata'] } },
  { name: 'prompt_cache_key', value: 'k', places: { chat: ['prompt_cache_key'], responses: ['prompt_cache_key'] } },
  {
    name: 'max_output_tokens',
    value: 321,
    places: {
      chat: ['max_tokens'],
      responses: ['max_output_tokens'],
      anthropic: ['max_tokens'],
      gemini: inConfig('maxOutputTokens'),
      ollama: inOptions('num_predict'),
    },
  },
  {
    name: 'parallel_tool_calls',
    value: false,
    places: { chat: ['parallel_tool_calls'], responses: ['parallel_tool_calls'] },
    beside: tools,
  },
];

type Side = keyof Places;
const sideNames = Object.keys(sides) as readonly Side[];
const cases = settings.flatMap((setting) =>
  sideNames.flatMap((from) =>
    sideNames.filter((to) => to !== from && setting.places[from]).map((to) => ({ name: setting.name, from, to, setting })),
  ),
);

/** `{a: {b: value}}` for the path a, b, laid over what stands there. */
function placed(path: Path, value: unknown, base: object): object {
  const [first, ...rest] = path;
  if (first === undefined) return base;
  const inner = reach(base, first);
  const below = typeof inner === 'object' && inner !== null ? inner : {};
  return { ...base, [first]: rest.length === 0 ? value : placed(rest, value, below) };
}

/** As the upstream receives it, with everything that the ledger names. */
function translated(from: Side, to: Side, more: object) {
  const translation = translationOf(sides[from], sides[to], more);
  const { dropped, emulated } = translation.report();
  const body: unknown = JSON.parse(translation.body.toString('utf8'));
  return { body, dropped: dropped.map(({ field }) => field), noted: [...dropped, ...emulated].map(({ field }) => field) };
}

describe('a setting arrives, or is named as its client calls it', () => {
  test.each(cases)('$name from $from to $to', ({ from, to, setting }) => {
    const { name, value, places, beside } = setting;
    const { body, dropped, noted } = translated(from, to, placed(places[from] ?? [], value, beside?.[from] ?? {}));
    const place = places[to];
    // OpenAI's clients say it in one of two fields.
    const called = name === 'end_user' && from !== 'anthropic' ? name : (places[from] ?? []).join('.');
    if (place && !noted.includes(name) && !noted.includes(called)) expect(reach(body, ...place)).toEqual(value);
    else if (place === undefined && to !== 'anthropic') expect(dropped).toEqual([called]);
    else expect(noted.length).toBeGreaterThan(0);
  });
});

const choices = {
  required: {
    chat: { tool_choice: 'required' },
    responses: { tool_choice: 'required' },
    anthropic: { tool_choice: { type: 'any' } },
    gemini: { toolConfig: { functionCallingConfig: { mode: 'ANY' } } },
  },
  none: {
    chat: { tool_choice: 'none' },
    responses: { tool_choice: 'none' },
    anthropic: { tool_choice: { type: 'none' } },
    gemini: { toolConfig: { functionCallingConfig: { mode: 'NONE' } } },
  },
  'one tool': {
    chat: { tool_choice: { type: 'function', function: { name: 'g' } } },
    responses: { tool_choice: { type: 'function', name: 'g' } },
    anthropic: { tool_choice: { type: 'tool', name: 'g' } },
    gemini: { toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['g'] } } },
  },
} as const;

const speaking = ['chat', 'responses', 'anthropic', 'gemini'] as const;
const choiceCases = Object.entries(choices).flatMap(([name, words]) =>
  speaking.flatMap((from) => sideNames.filter((to) => to !== from).map((to) => ({ name, from, to, words }))),
);

describe('a choice of tools is said in the words of the other dialect', () => {
  test.each(choiceCases)('$name from $from to $to', ({ name, from, to, words }) => {
    const { body, noted } = translated(from, to, { ...tools[from], ...words[from] });
    if (to !== 'ollama') expect(body).toMatchObject(words[to]);
    else {
      expect(noted).toContain('tool_choice');
      const offered = (reach(body, 'tools') ?? []) as readonly unknown[];
      expect(offered).toHaveLength({ required: 2, none: 0 }[name] ?? 1);
    }
  });
});
