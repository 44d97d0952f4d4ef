/** What is known of a model, in a line of words. Pure. */
import type { ModelFacts } from '../../gateway/contract/model-facts.ts';

/** `400k`, `1M`, `1.05M`: as people name the size of a context. */
export function formatContext(tokens: number): string {
  if (tokens < 1_000) return String(tokens);
  if (tokens < 1_000_000) return `${Math.round(tokens / 1_000)}k`;
  return `${Number((tokens / 1_000_000).toFixed(2))}M`;
}

/** A price for a million tokens: as many places as it has, and at least two. */
export function formatRate(usd: number): string {
  const places = /\.(\d*)/.exec(String(Number(usd.toFixed(6))))?.[1]?.length ?? 0;
  return `$${usd.toFixed(Math.max(2, places))}`;
}

type Part = readonly [words: string, value: string | null];

const amount = (tokens: number | null) => (tokens === null ? null : formatContext(tokens));
const rate = (usd: number | null) => (usd === null ? null : formatRate(usd));

/** Each with its name in front, so that two states of it can be compared. */
function parts(facts: ModelFacts): readonly Part[] {
  return [
    ['context', amount(facts.contextTokens)],
    ['output up to', amount(facts.maxOutputTokens)],
    ['input', rate(facts.inputPerMillionUsd)],
    ['cached', rate(facts.cachedInputPerMillionUsd)],
    ['output', rate(facts.outputPerMillionUsd)],
  ];
}

const abilities: readonly (readonly [fact: 'tools' | 'vision' | 'reasoning' | 'structuredOutput', word: string])[] = [
  ['tools', 'tools'],
  ['vision', 'images'],
  ['reasoning', 'reasoning'],
  ['structuredOutput', 'JSON schema'],
];

/** What it can do, of what is known. */
export function abilityWords(facts: ModelFacts): readonly string[] {
  return abilities.filter(([fact]) => facts[fact] === true).map(([, word]) => word);
}

/** `400k context · $0.25 in, $2.00 out a million · tools, images`; empty when nothing is known. */
export function factWords(facts: ModelFacts): string {
  const { contextTokens, inputPerMillionUsd, outputPerMillionUsd, priceSource } = facts;
  const prices = [
    inputPerMillionUsd === null ? null : `${formatRate(inputPerMillionUsd)} in`,
    outputPerMillionUsd === null ? null : `${formatRate(outputPerMillionUsd)} out`,
  ].filter((price) => price !== null);
  const words = [
    contextTokens === null ? '' : `${formatContext(contextTokens)} context`,
    prices.length === 0 ? '' : `${prices.join(', ')} a million${priceSource === 'catalog' ? ' (list price)' : ''}`,
    abilityWords(facts).join(', '),
  ];
  return words.filter((part) => part !== '').join(' · ');
}

/** `context 128k → 200k`: what differs between two states of a model. */
export function changeWords(before: ModelFacts, now: ModelFacts): string {
  const then = new Map(parts(before));
  const changed = parts(now)
    .filter(([words, value]) => then.get(words) !== value)
    .map(([words, value]) => `${words} ${then.get(words) ?? 'unknown'} → ${value ?? 'unknown'}`);
  const lost = abilityWords(before).filter((word) => !abilityWords(now).includes(word));
  const won = abilityWords(now).filter((word) => !abilityWords(before).includes(word));
  return [...changed, ...won.map((word) => `now ${word}`), ...lost.map((word) => `no ${word} any more`)].join(', ');
}
