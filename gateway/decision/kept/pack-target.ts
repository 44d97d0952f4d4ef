/** What is known of a target and how it stands, as short lists: a part of a kept question. */
import type { DecidingFacts, TargetState } from '../../contract/decision.ts';

/** By the order of `factNames`; abilities are 1 and 0; nulls at the end are left out. */
export type KeptFacts = readonly (number | null)[];

const sizeNames = [
  'contextTokens',
  'maxOutputTokens',
  'inputPerMillionUsd',
  'outputPerMillionUsd',
  'cachedInputPerMillionUsd',
] as const;
const abilityNames = ['tools', 'vision', 'reasoning', 'structuredOutput', 'forwarded'] as const;

/** What is known of a model is one object until it changes: its text is made once. */
const factTexts = new WeakMap<DecidingFacts, string>();

/** @returns `KeptFacts` as JSON text */
export function packFacts(facts: DecidingFacts | null): string {
  if (facts === null) return '[]';
  const known = factTexts.get(facts);
  if (known !== undefined) return known;
  const text = JSON.stringify(listFacts(facts));
  factTexts.set(facts, text);
  return text;
}

function listFacts(facts: DecidingFacts): KeptFacts {
  const packed: (number | null)[] = [];
  for (const name of sizeNames) packed.push(facts[name]);
  for (const name of abilityNames) packed.push(facts[name] === null ? null : Number(facts[name]));
  while (packed.at(-1) === null) packed.pop();
  return packed;
}

export function readFacts(packed: KeptFacts): DecidingFacts {
  const ability = (place: number) => {
    const number = packed[sizeNames.length + place] ?? null;
    return number === null ? null : number === 1;
  };
  return {
    contextTokens: packed[0] ?? null,
    maxOutputTokens: packed[1] ?? null,
    inputPerMillionUsd: packed[2] ?? null,
    outputPerMillionUsd: packed[3] ?? null,
    cachedInputPerMillionUsd: packed[4] ?? null,
    tools: ability(0),
    vision: ability(1),
    reasoning: ability(2),
    structuredOutput: ability(3),
    forwarded: ability(4),
  };
}

const inOrder = new WeakMap<DecidingFacts, DecidingFacts>();

/** The same, with nothing else in it, in one order: one object for one object. */
export function orderedFacts(facts: DecidingFacts): DecidingFacts {
  const known = inOrder.get(facts);
  if (known !== undefined) return known;
  const ordered = orderFacts(facts);
  inOrder.set(facts, ordered);
  return ordered;
}

function orderFacts(facts: DecidingFacts): DecidingFacts {
  return {
    contextTokens: facts.contextTokens,
    maxOutputTokens: facts.maxOutputTokens,
    inputPerMillionUsd: facts.inputPerMillionUsd,
    outputPerMillionUsd: facts.outputPerMillionUsd,
    cachedInputPerMillionUsd: facts.cachedInputPerMillionUsd,
    tools: facts.tools,
    vision: facts.vision,
    reasoning: facts.reasoning,
    structuredOutput: facts.structuredOutput,
    forwarded: facts.forwarded,
  };
}

/** The same, with nothing else in it, in one order. */
export function orderedState(state: TargetState): TargetState {
  return {
    breaker: state.breaker,
    key: state.key,
    firstTokenMs: state.firstTokenMs,
    tokensPerSecond: state.tokensPerSecond,
    samples: state.samples,
    inFlight: state.inFlight,
    loaded: state.loaded,
  };
}

const breakers = ['closed', 'open', 'half-open'] as const;
const keys = ['ready', 'resting', 'set-aside', 'missing', 'none'] as const;

/** Breaker, key, requests under way, loaded (1, 0, null); then, where measured, samples, first token, pace. */
export type KeptState = readonly (number | null)[] | null;

/** @returns `KeptState` as JSON text */
export function packState(state: TargetState | null): string {
  if (state === null) return 'null';
  const { breaker, key, inFlight, loaded, samples, firstTokenMs, tokensPerSecond } = state;
  const stands = `${breakers.indexOf(breaker)},${keys.indexOf(key)},${inFlight},${loaded === null ? null : Number(loaded)}`;
  const isMeasured = samples > 0 || firstTokenMs !== null || tokensPerSecond !== null;
  return isMeasured ? `[${stands},${samples},${firstTokenMs},${tokensPerSecond}]` : `[${stands}]`;
}

/** Null: nobody looked at it. */
export function readState(packed: KeptState): TargetState {
  const [breaker, key, inFlight, loaded, samples, firstTokenMs, tokensPerSecond] = packed ?? [0, 0, 0, null];
  return {
    breaker: breakers[breaker ?? 0] ?? 'closed',
    key: keys[key ?? 0] ?? 'ready',
    firstTokenMs: firstTokenMs ?? null,
    tokensPerSecond: tokensPerSecond ?? null,
    samples: samples ?? 0,
    inFlight: inFlight ?? 0,
    loaded: loaded === null || loaded === undefined ? null : loaded === 1,
  };
}
