/** Requests and dialects of every kind, for properties of their adaptation. */
import fc from 'fast-check';
import type { Abilities, OptionalField } from '../../../../gateway/chat/abilities.ts';
import type {
  ChatMessage,
  ChatRequest,
  ContentPart,
  CustomTool,
  FunctionTool,
  NativeTool,
  ToolChoice,
  ToolDefinition,
} from '../../../../gateway/chat/request.ts';
import type { SealMaker } from '../../../../gateway/chat/seal.ts';

/** None of these says what happens anyway. */
export const tellingFields = {
  parallelToolCalls: false,
  temperature: 0.5,
  topP: 0.5,
  topK: 5,
  minP: 0.1,
  frequencyPenalty: 1,
  presencePenalty: 1,
  repeatPenalty: 1.5,
  seed: 7,
  stop: ['x'],
  choices: 2,
  logprobs: { top: 0 },
  logitBias: { 5: 1 },
  reasoning: { effort: 'high' },
  verbosity: 'low',
  serviceTier: 'flex',
  endUser: 'u',
  metadata: { a: 'b' },
  promptCacheKey: 'k',
} as const satisfies Omit<Required<Pick<ChatRequest, OptionalField>>, 'suffix'>;

const fieldNames = [...Object.keys(tellingFields), 'suffix'] as OptionalField[];

/** Legal and illegal, alike when shortened or cleaned, and what every object inherits. */
const toolNames = ['a', 'b', 'a.b', 'a_b', 'a b', 'a__b', 'a_b_2', '__proto__', 'constructor', '1st', 'ü', 'ö', '😀', 'n\na'];
export const anyName = fc.constantFrom(...toolNames, 'x'.repeat(70), `${'x'.repeat(40)}z${'x'.repeat(29)}`, 'x'.repeat(64));
const anyNamespace = fc.constantFrom('a', 'n', 'ns', 'a.b', '__proto__', 'y'.repeat(80));

const subset = <Value>(values: readonly Value[]): fc.Arbitrary<ReadonlySet<Value>> =>
  fc.oneof(
    { weight: 1, arbitrary: fc.constant(new Set(values)) },
    { weight: 2, arbitrary: fc.subarray([...values]).map((list) => new Set(list)) },
  );

const makers: readonly SealMaker[] = ['anthropic', 'gemini', 'openai'];

export const anyAbilities: fc.Arbitrary<Abilities> = fc.record({
  dialect: fc.constantFrom('One', 'Two'),
  fields: subset(fieldNames),
  customTools: fc.boolean(),
  namespaces: fc.boolean(),
  toolName: fc.constantFrom(
    { forbidden: /[^a-zA-Z0-9_-]/, letterFirst: false, longest: 64 },
    { forbidden: /[^a-zA-Z0-9_.:-]/g, letterFirst: true, longest: 64 },
    { forbidden: /[^A-Za-z0-9_.-]/g, letterFirst: false, longest: 128 },
  ),
  toolChoices: subset(['none', 'required', 'tool', 'allowed'] as const),
  jsonSchema: fc.boolean(),
  jsonMode: fc.boolean(),
  cacheMarks: fc.boolean(),
  sealMaker: fc.constantFrom(null, ...makers),
  unsealedReasoning: fc.boolean(),
  media: subset(['image', 'audio', 'video', 'file'] as const),
  mediaUrls: fc.boolean(),
  mediaInResults: fc.boolean(),
});

const maybe = <Key extends string, Value>(key: Key, value: fc.Arbitrary<Value>): fc.Arbitrary<{ [K in Key]?: Value }> =>
  fc.record({ [key]: value } as { [K in Key]: fc.Arbitrary<Value> }, { requiredKeys: [] }) as fc.Arbitrary<{
    [K in Key]?: Value;
  }>;

const cache = maybe('cache', fc.constant({ ttl: null }));
const anySeal = fc.record({ maker: fc.constantFrom(...makers), data: fc.constant('c2VhbA==') });
const seal = maybe('seal', anySeal);
const spread = <One extends object, Two extends object>(one: fc.Arbitrary<One>, two: fc.Arbitrary<Two>) =>
  fc.tuple(one, two).map(([first, second]) => ({ ...first, ...second }));

const anyText = spread(spread(fc.record({ type: fc.constant('text' as const), text: fc.constantFrom('hi', 'ho') }), cache), seal);
const anySource = fc.oneof(
  fc.constant({ type: 'base64' as const, mediaType: 'image/png', data: 'AAAA' }),
  fc.constant({ type: 'url' as const, url: 'https://a/b', mediaType: null }),
);
const anyMedia = spread(
  fc.record({ type: fc.constantFrom('image' as const, 'audio' as const, 'video' as const, 'file' as const), source: anySource }),
  cache,
);
const anyNative = fc.record({
  type: fc.constant('native' as const),
  dialect: fc.constantFrom('One', 'Two'),
  name: fc.constantFrom('search', 'shell'),
  json: fc.constant({}),
});
const anyReasoning = fc.record({
  type: fc.constant('reasoning' as const),
  text: fc.constantFrom('', 'hm'),
  seal: fc.option(anySeal),
  redacted: fc.boolean(),
});
const anyCall = spread(
  spread(
    fc.record(
      {
        type: fc.constant('tool-call' as const),
        id: fc.constantFrom('c1', 'c2'),
        name: anyName,
        namespace: anyNamespace,
        kind: fc.constantFrom('function' as const, 'custom' as const),
        input: fc.constantFrom('{}', '{"a":1}', 'free "text"\n'),
      },
      { requiredKeys: ['type', 'id', 'name', 'kind', 'input'] },
    ),
    cache,
  ),
  seal,
);
const anyResult = spread(
  fc.record({
    type: fc.constant('tool-result' as const),
    callId: fc.constantFrom('c1', 'c2'),
    name: fc.option(anyName),
    content: fc.array(fc.oneof({ weight: 3, arbitrary: anyText }, anyMedia, anyNative), { maxLength: 3 }),
    isError: fc.boolean(),
  }),
  cache,
);

const message = (role: ChatMessage['role'], part: fc.Arbitrary<ContentPart>): fc.Arbitrary<ChatMessage> =>
  fc.array(part, { maxLength: 3 }).map((parts) => ({ role, parts }));

const anyMessage = fc.oneof(
  message('system', anyText),
  message('user', fc.oneof({ weight: 4, arbitrary: anyText }, { weight: 1, arbitrary: anyMedia }, anyNative)),
  message('assistant', fc.oneof(anyText, anyReasoning, anyCall, anyNative, { weight: 1, arbitrary: anyMedia })),
  message('tool', fc.oneof({ weight: 3, arbitrary: anyResult }, anyNative)),
);

const naming = { name: anyName, namespace: anyNamespace, description: fc.constantFrom(null, 'does') };
const anyFunction: fc.Arbitrary<FunctionTool> = spread(
  fc.record(
    { kind: fc.constant('function' as const), ...naming, parameters: fc.constant({ type: 'object' }) },
    { requiredKeys: ['kind', 'name', 'description', 'parameters'] },
  ),
  cache,
);
const anyCustom: fc.Arbitrary<CustomTool> = spread(
  fc.record(
    {
      kind: fc.constant('custom' as const),
      ...naming,
      grammar: fc.constant({ syntax: 'lark' as const, definition: 'start: "a"' }),
    },
    { requiredKeys: ['kind', 'name', 'description'] },
  ),
  cache,
);
const anyNativeTool: fc.Arbitrary<NativeTool> = fc.record({
  kind: fc.constant('native' as const),
  dialect: fc.constantFrom('One', 'Two'),
  name: fc.constantFrom('search', 'shell'),
  json: fc.constant({}),
});

const keyOf = (tool: ToolDefinition): string =>
  JSON.stringify(tool.kind === 'native' ? [tool.dialect, tool.name, 0] : [tool.name, tool.namespace]);

export const anyTools: fc.Arbitrary<ToolDefinition[]> = fc.uniqueArray(
  fc.oneof({ weight: 3, arbitrary: anyFunction }, { weight: 3, arbitrary: anyCustom }, anyNativeTool),
  { maxLength: 12, selector: keyOf },
);

const anyChoice: fc.Arbitrary<ToolChoice> = fc.oneof(
  fc.record({ type: fc.constantFrom('auto' as const, 'none' as const, 'required' as const) }),
  fc.record({ type: fc.constant('tool' as const), name: anyName, namespace: anyNamespace }, { requiredKeys: ['type', 'name'] }),
  fc.record({
    type: fc.constant('allowed' as const),
    mode: fc.constantFrom('auto' as const, 'required' as const),
    names: fc.uniqueArray(anyName, { maxLength: 4 }),
  }),
);

export const anyRequest: fc.Arbitrary<ChatRequest> = fc
  .record({
    messages: fc.array(anyMessage, { maxLength: 6 }),
    tools: anyTools,
    toolChoice: anyChoice,
    responseFormat: fc.oneof(
      fc.constantFrom({ type: 'text' as const }, { type: 'json' as const }),
      fc.constant({ type: 'json-schema' as const, schema: { type: 'object' }, name: 'n' }),
    ),
    unread: fc.array(fc.constantFrom('foo', 'messages.3.foo', '__proto__'), { maxLength: 2 }),
    extra: fc.subarray(Object.keys(tellingFields) as (keyof typeof tellingFields)[]),
  })
  .map(({ extra, ...rest }) => ({
    ...plainRequest,
    ...rest,
    // Where nothing is offered, a choice among it says nothing.
    toolChoice: rest.tools.length === 0 ? { type: 'auto' as const } : rest.toolChoice,
    ...Object.fromEntries(
      extra.filter((name) => name !== 'parallelToolCalls' || rest.tools.length > 0).map((name) => [name, tellingFields[name]]),
    ),
  }));

/** As little as a request can be. */
export const plainRequest: ChatRequest = {
  model: 'm',
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }],
  tools: [],
  toolChoice: { type: 'auto' },
  responseFormat: { type: 'text' },
  maxOutputTokens: null,
  stream: false,
  streamUsage: false,
  unread: [],
};

/** A dialect that has words for everything; `lacks` takes some away. */
export function ableDialect(lacks: Partial<Abilities> = {}): Abilities {
  return {
    dialect: 'One',
    fields: new Set(fieldNames),
    customTools: true,
    namespaces: true,
    toolName: { forbidden: /[^a-zA-Z0-9_-]/, letterFirst: false, longest: 64 },
    toolChoices: new Set(['none', 'required', 'tool', 'allowed']),
    jsonSchema: true,
    jsonMode: true,
    cacheMarks: true,
    sealMaker: 'openai',
    unsealedReasoning: true,
    media: new Set(['image', 'audio', 'video', 'file']),
    mediaUrls: true,
    mediaInResults: true,
    ...lacks,
  };
}

/** Freezes the whole of a value. */
export function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const each of Object.values(value)) deepFreeze(each);
  }
  return value;
}

/** One thing in an otherwise plain request: no other's note speaks for it. */
export const anySmallRequest: fc.Arbitrary<ChatRequest> = fc
  .tuple(anyRequest, fc.constantFrom('message', 'tool', 'choice', 'rest' as const), fc.nat())
  .map(([request, kept, number]) => {
    const { messages, tools, toolChoice, responseFormat, unread, ...rest } = request;
    const one = messages[number % Math.max(messages.length, 1)];
    if (kept === 'message') return { ...plainRequest, messages: one ? [{ ...one, parts: one.parts.slice(0, 1) }] : [] };
    if (kept === 'tool') return { ...plainRequest, tools: tools.slice(0, 1) };
    if (kept === 'choice') return { ...plainRequest, tools, toolChoice };
    const { parallelToolCalls, ...sayable } = rest;
    return { ...plainRequest, ...sayable, responseFormat, unread };
  });

/** Lacks one thing at most. */
export const anyNearlyAble: fc.Arbitrary<Abilities> = fc
  .tuple(anyAbilities, fc.constantFrom(...(Object.keys(ableDialect()) as (keyof Abilities)[])))
  .map(([lacking, name]) => ({
    ...ableDialect(),
    toolName: { forbidden: /\n/, letterFirst: false, longest: 1_000 },
    [name]: lacking[name],
  }));
