/**
 * What real usage objects cost, against what a person reckons from the published prices. The table (priced-usages.json) holds usage
 * objects as providers send them, recorded or from their documentation; nothing in it is computed by the program, or taken from its catalog.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ProviderKind } from '../../../gateway/contract/provider-kinds.ts';
import type { Usage } from '../../../gateway/chat/usage.ts';
import { decodeUsage as decodeAnthropic } from '../../../gateway/dialects/anthropic-messages/usage.ts';
import { decodeUsage as decodeGemini } from '../../../gateway/dialects/gemini/usage.ts';
import { decodeEndpointUsage, decodeMetaUsage } from '../../../gateway/dialects/openai/endpoints/usage.ts';
import { decodeUsage as decodeResponses } from '../../../gateway/dialects/openai/responses/usage.ts';
import { decodeUsage as decodeChat } from '../../../gateway/dialects/openai/usage.ts';
import { findInCatalog } from '../../../gateway/money/prices/price-catalog.ts';
import { recordCost } from '../../../gateway/money/record-cost.ts';

interface PricedUsage {
  readonly what: string;
  readonly kind: ProviderKind;
  /** How its format writes a usage object. */
  readonly shape: 'chat' | 'responses' | 'endpoint' | 'meta' | 'anthropic' | 'gemini';
  readonly model: string;
  readonly at: string;
  readonly usage: object;
  /** So many, at so many dollars for a million tokens, or for each where a word says of what. */
  readonly hand: readonly (readonly [count: number, usd: number, each?: string])[];
  /** The discount or surcharge of its service tier. */
  readonly times: number;
  /** US dollars: the sum of it. */
  readonly usd: number;
  readonly basis: 'computed' | 'stated' | 'estimated';
  /** Where the rates are published. */
  readonly source: string;
}

const table = readFileSync(join(import.meta.dirname, 'priced-usages.json'), 'utf8');
const pricedUsages = JSON.parse(table) as readonly PricedUsage[];

const decoders: Readonly<Record<PricedUsage['shape'], (raw: unknown) => Usage | null>> = {
  chat: decodeChat,
  responses: decodeResponses,
  endpoint: decodeEndpointUsage,
  meta: decodeMetaUsage,
  anthropic: decodeAnthropic,
  gemini: decodeGemini,
};

function costOfRow({ kind, shape, model, at, usage }: PricedUsage) {
  const price = findInCatalog({ kind, origin: '' }, model, Date.parse(at))?.price ?? null;
  const rawUsageJson = JSON.stringify(usage);
  return recordCost({ price, comparedPrice: null, usage: decoders[shape](usage), estimated: false, rawUsageJson });
}

test('the table has forty usage objects and more, and each sum in it is that of its own lines', () => {
  expect(pricedUsages.length).toBeGreaterThanOrEqual(40);
  for (const { what, hand, times, usd } of pricedUsages) {
    const sum = hand.reduce((before, [count, rate, each]) => before + (count * rate) / (each === undefined ? 1e6 : 1), 0);
    expect(sum * times, what).toBeCloseTo(usd, 9);
  }
});

describe('a usage costs what its provider publishes', () => {
  test.each(pricedUsages.map((row) => [`${row.kind}/${row.model}: ${row.what}`, row] as const))('%s', (_title, row) => {
    const { nanoUsd, basis } = costOfRow(row);
    expect(basis).toBe(row.basis);
    expect((nanoUsd ?? Number.NaN) / 1e9).toBeCloseTo(row.usd, 8);
  });
});
