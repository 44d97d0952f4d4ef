/** Any valid policy, any request and any state of the world, for properties of the decision engine. */
import fc from 'fast-check';
import { type DecidingFacts, type ReadOnDemand, readOnDemand, type TargetState } from '../../gateway/contract/decision.ts';
import { strategies } from '../../gateway/contract/policy/route.ts';
import type { DecisionClock, DecisionFeatures, DecisionSnapshot, PolicyProvider } from '../../gateway/decision/question.ts';
import { documentOf, plainFeatures, policyOf, type PolicyParts, provider, snapshotOf, type World } from './ask-engine.ts';

/** Names that objects have anyway are names like others. */
const providerIds = ['near', 'far', 'lan', 'constructor'] as const;
/** Those that run on this machine. */
export const nearIds: readonly string[] = ['near', 'constructor'];
const modelIds = ['m', 'n:cloud', 'meta/llama', '__proto__', 'toString', 'fast'] as const;
const aliasNames = ['fast', 'm', '__proto__', 'hasOwnProperty'] as const;
const dialects = ['openai-chat', 'anthropic-messages', 'gemini', 'openai-embeddings'] as const;
const sessions = ['s1', 's2'] as const;

const directNames = fc
  .tuple(fc.constantFrom(...providerIds), fc.constantFrom('m', 'm', 'm', ...modelIds))
  .map(([id, model]) => `${id}/${model}`);
/** Most lead somewhere: cases in which nobody can be asked show little. */
const targetNames = fc.oneof(
  { weight: 12, arbitrary: directNames },
  { weight: 5, arbitrary: fc.constantFrom(...modelIds) },
  { weight: 5, arbitrary: fc.constantFrom(...aliasNames) },
  { weight: 1, arbitrary: fc.constant('gone/m') },
);
const rarely = fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0);

const providers: fc.Arbitrary<PolicyProvider[]> = fc
  .tuple(
    fc.oneof({ weight: 3, arbitrary: fc.constant([...providerIds]) }, fc.shuffledSubarray([...providerIds], { minLength: 1 })),
    fc.array(fc.tuple(rarely, rarely, fc.subarray([...dialects])), { minLength: 4, maxLength: 4 }),
  )
  .map(([ids, parts]) =>
    ids.map((id, place) => {
      const [isOff, isOdd, offered] = parts[place] ?? [false, false, []];
      return provider(id, { enabled: !isOff, dialects: isOdd ? offered : [...dialects], local: nearIds.includes(id) });
    }),
  );

const weight = fc.oneof(
  fc.constantFrom(0, 1, 3, 0.5),
  fc.constant({ from: 0, to: 100, startsAt: '2026-01-01T00:00:00Z', endsAt: '2026-02-01T00:00:00+02:00' }),
);

const plainRoute = fc.record({
  strategy: fc.constantFrom(...strategies),
  targets: fc.array(targetNames, { minLength: 1, maxLength: 5 }),
  sticky: fc.option(fc.constant('session' as const), { nil: undefined }),
});
const weightedRoute = fc.record({
  strategy: fc.constant('weighted' as const),
  targets: fc.array(fc.record({ model: targetNames, weight }), { minLength: 1, maxLength: 5 }),
  splitBy: fc.constantFrom('request' as const, 'client' as const, 'session' as const, undefined),
});
const routes = fc.oneof({ weight: 3, arbitrary: plainRoute }, { weight: 1, arbitrary: weightedRoute }).map(withoutUndefined);

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T;
}

const textTest = fc.oneof(
  fc.constantFrom('chat', 'code', 'c*', '*', 'far/*', 'openai-*', 'nobody'),
  fc.constant(['chat', 'tools']),
  fc.constantFrom({ matches: '^c.{3}$' }, { matches: 'a|e' }),
);
const numberTest = fc.oneof(
  fc.constantFrom(0, 1_000),
  fc.constantFrom({ above: 500 }, { atLeast: 10, below: 5_000 }, { atMost: 20_000 }),
);
const namedTest = fc.oneof(fc.boolean(), textTest);

const leaves = fc.oneof(
  fc.record({ task: textTest }),
  fc.record({ model: textTest }),
  fc.record({ client: textTest }),
  fc.record({ sensitivity: fc.constantFrom('normal', 'secret', ['private', 'secret']) }),
  fc.record({ tier: fc.constantFrom('low', 'none', ['standard', 'premium']) }),
  fc.record({ inputTokens: numberTest }),
  fc.record({ maxOutputTokens: numberTest, tools: fc.boolean() }),
  fc.record({ stream: fc.boolean(), images: fc.boolean() }),
  fc.record({ header: fc.record({ 'x-team': namedTest }) }),
  fc.record({ metadata: fc.constantFrom({ constructor: true }, { team: 'chat' }, { team: false }) }),
  fc.record({
    time: fc.constantFrom(
      { from: '22:00', to: '06:00' },
      { days: ['mon'] },
      { from: '09:00', to: '17:30', days: ['fri', 'sat'] },
    ),
  }),
);
const { condition: conditions } = fc.letrec((tie) => ({
  condition: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    leaves,
    fc.record({ all: fc.array(tie('condition'), { minLength: 1, maxLength: 2 }) }),
    fc.record({ any: fc.array(tie('condition'), { minLength: 1, maxLength: 2 }) }),
    fc.record({ not: tie('condition') }),
  ),
}));

const lists = fc.array(targetNames, { minLength: 1, maxLength: 3 });
const limits = fc.constantFrom(
  { maxCostUsd: 0.002 },
  { maxCostUsd: 0.01 },
  { maxCostUsd: 0.01, unknownPrice: 'refuse' },
  { firstTokenMs: 500 },
  { attempts: 2 },
);
const effects = fc.oneof(
  { weight: 4, arbitrary: fc.record({ use: routes }) },
  fc.record({ use: fc.oneof(targetNames, lists) }),
  fc.constant({ deny: 'Not here.' }),
  fc.constant({ pin: 'local' }),
  fc.record({ pin: fc.constant('local'), use: routes }),
  { weight: 2, arbitrary: fc.record({ limits, use: routes }) },
  fc.record({ limits }),
  fc.constant({ parameters: { defaults: { maxOutputTokens: 400 }, caps: { maxOutputTokens: 800 } } }),
  { weight: 2, arbitrary: fc.record({ fallbacks: fc.record({ overload: lists, contextTooLong: lists }), use: routes }) },
  fc.record({ shadow: fc.record({ target: targetNames, share: fc.constantFrom(0.5, 1) }) }),
);

const rules = fc
  .array(fc.tuple(fc.option(conditions, { nil: undefined }), effects, fc.integer({ min: 0, max: 9 })), { maxLength: 5 })
  .map((all) =>
    all.map(([when, effect, dice], place) => withoutUndefined({ name: `rule ${place}`, enabled: dice > 0, when, ...effect })),
  );

const parts = fc
  .tuple(providers, rules, fc.array(fc.tuple(fc.constantFrom(...aliasNames), routes), { maxLength: 3 }))
  .map(([all, made, aliases]) => ({ providers: all, rules: made, aliases: Object.fromEntries(aliases) }) as PolicyParts);

/** The document, checked by the schemas as a config would be. */
export const anyDocument = parts.map(documentOf);
export const anyPolicy = parts.map(policyOf);

const requestedNames = fc.oneof(
  { weight: 15, arbitrary: targetNames },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
);

/** One in thirty has a list: what else can be found out would else be found out seldom. */
const keyLists = fc
  .integer({ min: 0, max: 89 })
  .map((dice) => ([['near/*', '*/m'], ['far/m', 'lan/meta/*'], ['none']] as const)[dice] ?? null);

export const anyFeatures: fc.Arbitrary<DecisionFeatures> = fc
  .record({
    requestedModel: requestedNames,
    dialects: fc.oneof(fc.constant([...dialects]), fc.shuffledSubarray([...dialects], { minLength: 1 })),
    client: fc.constantFrom(null, 'chat', 'editor'),
    task: fc.constantFrom('chat', 'code', 'tools'),
    sensitivity: fc.constantFrom('normal' as const, 'private' as const, 'secret' as const),
    tier: fc.constantFrom(null, null, 'low' as const, 'premium' as const),
    allowedModels: keyLists,
    inputTokens: fc.constantFrom(0, 10, 1_000, 10_000, 200_000, 200_000),
    maxOutputTokens: fc.constantFrom(null, 0, 500, 1_000, 50_000),
    flags: fc.integer({ min: 0, max: 31 }),
    session: fc.constantFrom(null, ...sessions),
    headers: fc.constantFrom({}, { 'x-team': 'chat' }, { 'x-team': 'red', other: 'text' }),
    metadata: fc.constantFrom({}, { team: 'chat' }),
    furtherModels: rarely.map((is) => (is ? ['m', 'meta/llama'] : [])),
    pinnedBefore: fc.constantFrom(null, null, null, null, null, null, 'earlier'),
    unread: fc.constantFrom<readonly ReadOnDemand[]>([], [], ['task', 'session'], readOnDemand),
  })
  .map(({ flags, ...others }) => ({
    ...plainFeatures,
    ...others,
    dialect: others.dialects[0] ?? 'openai-chat',
    stream: (flags & 1) > 0,
    tools: (flags & 2) > 0,
    images: (flags & 4) > 0,
    schema: (flags & 8) > 0,
    reasoning: (flags & 16) > 0,
  }));

const ability = fc.constantFrom(null, null, null, true, true, true, false);
const facts: fc.Arbitrary<DecidingFacts> = fc.record({
  contextTokens: fc.constantFrom(null, 8_000, 8_000, 100_000, 1_000_000),
  maxOutputTokens: fc.constantFrom(null, 700, 8_000, 64_000),
  inputPerMillionUsd: fc.constantFrom(null, 0, 0.25, 3),
  outputPerMillionUsd: fc.constantFrom(null, 0, 1.5, 15),
  cachedInputPerMillionUsd: fc.constantFrom(null, 0.3),
  tools: ability,
  vision: ability,
  reasoning: ability,
  structuredOutput: ability,
  forwarded: rarely.map((is) => is || null),
});
const states: fc.Arbitrary<TargetState> = fc.record({
  breaker: fc.constantFrom('closed' as const, 'closed' as const, 'open' as const, 'half-open' as const),
  key: fc.constantFrom('ready' as const, 'ready' as const, 'resting' as const, 'set-aside' as const, 'none' as const),
  firstTokenMs: fc.constantFrom(null, 120.55, 900),
  tokensPerSecond: fc.constantFrom(null, 0, 33.333_333, 120),
  samples: fc.integer({ min: 0, max: 3 }),
  inFlight: fc.integer({ min: 0, max: 4 }),
  loaded: fc.constantFrom(null, true, false),
});

const allTargets = providerIds.flatMap((id) => modelIds.map((model) => `${id}/${model}`));

export const anyWorld: fc.Arbitrary<World> = fc
  .record({
    lists: fc.tuple(...providerIds.map((id) => fc.tuple(fc.constant(id), fc.subarray([...modelIds])))),
    keyless: fc.tuple(rarely, fc.constantFrom(...providerIds)).map(([isKeyless, id]) => (isKeyless ? [id] : [])),
    unlisted: fc.subarray([...providerIds], { maxLength: 1 }),
    facts: fc.array(fc.tuple(fc.constantFrom(...allTargets), facts), { minLength: 8, maxLength: 24 }),
    states: fc.array(fc.tuple(fc.constantFrom(...allTargets), states), { minLength: 8, maxLength: 24 }),
    last: fc.constantFrom('near/m', 'far/m', 'lan/m', ...allTargets),
    turn: fc.integer({ min: 0, max: 20 }),
  })
  .map(({ lists: listed, keyless, unlisted, last, turn, ...others }) => ({
    models: Object.fromEntries(listed),
    keyProblems: Object.fromEntries(keyless.map((id) => [id, 'has no usable key: it is gone'])),
    listProblems: Object.fromEntries(unlisted.map((id) => [id, 'Nothing answers.'])),
    missingDialects: { far: ['anthropic-messages'] },
    facts: Object.fromEntries(others.facts),
    states: Object.fromEntries(others.states),
    sessions: Object.fromEntries(routeIds.flatMap((id) => sessions.map((session) => [`${id} ${session}`, last]))),
    turns: Object.fromEntries(routeIds.map((id) => [id, turn])),
  }));

const routeIds = [...aliasNames.map((name) => `alias:${name}`), ...[0, 1, 2, 3, 4].map((place) => `rule:rule ${place}`)];

export const anySnapshot: fc.Arbitrary<DecisionSnapshot> = anyWorld.map(snapshotOf);
export const anyClock: fc.Arbitrary<DecisionClock> = fc.record({
  atMs: fc.integer({ min: Date.UTC(2025, 11, 20), max: Date.UTC(2026, 1, 20) }),
  utcOffsetMinutes: fc.constantFrom(0, 60, -330),
});
export const anySeed = fc.integer({ min: 0, max: 2 ** 32 - 1 });

const isFull = process.env.GATEHOUSE_TEST_SIZE === 'full';
/** How many cases a promise of the engine is tried on, and how many what follows from it. */
export const propertyRuns = isFull ? 30_000 : 10_000;
export const furtherRuns = isFull ? 30_000 : 2_500;
