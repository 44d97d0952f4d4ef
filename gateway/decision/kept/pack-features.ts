/** What was known of a request, as a short list: a part of a kept question. */
import { readOnDemand } from '../../contract/decision.ts';
import { dialectNames } from '../../contract/dialect-names.ts';
import type { Tier } from '../../contract/money/budget.ts';
import { sensitivities } from '../../contract/policy/condition.ts';
import type { CompiledPolicy } from '../policy/compiled-policy.ts';
import type { DecisionFeatures } from '../question.ts';

export type Texts = readonly (readonly [name: string, text: string])[];

export type KeptFeatures = readonly [
  requestedModel: string,
  dialects: readonly (number | string)[],
  dialect: string,
  client: string | null,
  task: string,
  flags: number,
  sensitivity: number,
  inputTokens: number,
  maxOutputTokens: number | null,
  session: string | null,
  headers: Texts,
  metadata: Texts,
  pinnedBefore: string | null,
  /** Left out where there are none of them, as in texts of before. */
  tier?: Tier | null,
  allowedModels?: readonly string[] | null,
  furtherModels?: readonly string[],
];

const quote = (value: unknown): string => JSON.stringify(value);

/** The same names come again and again; a client that makes up ever new ones must not fill the memory. */
const mostNames = 512;
const quotedNames = new Map<string, string>();

export function quoteName(name: string | null): string {
  if (name === null) return 'null';
  const known = quotedNames.get(name);
  if (known !== undefined) return known;
  if (quotedNames.size >= mostNames) quotedNames.clear();
  const quoted = quote(name);
  quotedNames.set(name, quoted);
  return quoted;
}

/** A format's place among the contract's names, which only ever grow at their end; an endpoint's own name. */
function packDialect(dialect: string): number | string {
  const place = dialectNames.findIndex((name) => name === dialect);
  return place < 0 ? dialect : place;
}

function readDialect(packed: number | string): string {
  return typeof packed === 'number' ? (dialectNames[packed] ?? '') : packed;
}

/** The doors' lists are the same objects for every request. */
const dialectTexts = new WeakMap<readonly string[], string>();

function packDialects(dialects: readonly string[]): string {
  const known = dialectTexts.get(dialects);
  if (known !== undefined) return known;
  const text = quote(dialects.map(packDialect));
  dialectTexts.set(dialects, text);
  return text;
}

const plainTexts = new WeakMap<DecisionFeatures, string>();

/** Those of plain requests, of which nothing was read, are one object for many. Null for others. */
function packPlain(features: DecisionFeatures, looksAt: TextNames): string | null {
  const isPlain = features.unread.length === readOnDemand.length && looksAt.headers.length + looksAt.metadata.length === 0;
  if (!isPlain) return null;
  const known = plainTexts.get(features);
  if (known !== undefined) return known;
  const text = packWhole(features, looksAt);
  plainTexts.set(features, text);
  return text;
}

type TextNames = Pick<CompiledPolicy['looksAt'], 'headers' | 'metadata'>;

/** @returns `KeptFeatures` as JSON text */
export function packFeatures(features: DecisionFeatures, looksAt: TextNames): string {
  return packPlain(features, looksAt) ?? packWhole(features, looksAt);
}

function packWhole(features: DecisionFeatures, looksAt: TextNames): string {
  const { requestedModel, dialect, client, task, sensitivity, inputTokens, maxOutputTokens, session, pinnedBefore } = features;
  const formats = `${packDialects(features.dialects)},${quoteName(dialect)}`;
  const names = `${quoteName(requestedModel)},${formats},${quoteName(client)},${quoteName(task)}`;
  const sizes = `${flagsOf(features)},${sensitivities.indexOf(sensitivity)},${inputTokens},${maxOutputTokens}`;
  const texts = `${packTexts(features.headers, looksAt.headers)},${packTexts(features.metadata, looksAt.metadata)}`;
  const own = session === null ? null : quote(session);
  return `[${names},${sizes},${own},${texts},${quoteName(pinnedBefore)}${packTerms(features)}]`;
}

function packTerms({ tier, allowedModels, furtherModels }: DecisionFeatures): string {
  if (tier === null && allowedModels === null && furtherModels.length === 0) return '';
  const further = furtherModels.length === 0 ? '' : `,${quote(furtherModels)}`;
  return `,${quote(tier)},${quote(allowedModels)}${further}`;
}

/** As bits, from the lowest: first these, then what was not read. */
const flagNames = ['taskSaid', 'stream', 'tools', 'images', 'schema', 'reasoning'] as const;

function flagsOf(features: DecisionFeatures): number {
  let flags = 0;
  for (let place = 0; place < flagNames.length; place += 1) if (features[flagNames[place] ?? 'stream']) flags |= 1 << place;
  for (const name of features.unread) flags |= 1 << (flagNames.length + readOnDemand.indexOf(name));
  return flags;
}

function packTexts(texts: Readonly<Record<string, string>>, names: readonly string[]): string {
  if (names.length === 0) return '[]';
  return quote(names.flatMap((name) => (Object.hasOwn(texts, name) ? [[name, texts[name] ?? '']] : [])));
}

export function readFeatures(kept: KeptFeatures): DecisionFeatures {
  const [requestedModel, dialects, dialect, client, task, flags, sensitivity, inputTokens, maxOutputTokens, session] = kept;
  const has = (place: number) => (flags & (1 << place)) !== 0;
  return {
    requestedModel,
    dialects: dialects.map(readDialect),
    dialect,
    client,
    task,
    taskSaid: has(0),
    stream: has(1),
    tools: has(2),
    images: has(3),
    schema: has(4),
    reasoning: has(5),
    sensitivity: sensitivities[sensitivity] ?? 'secret',
    inputTokens,
    maxOutputTokens,
    session,
    headers: Object.fromEntries(kept[10]),
    metadata: Object.fromEntries(kept[11]),
    pinnedBefore: kept[12],
    tier: kept[13] ?? null,
    allowedModels: kept[14] ?? null,
    furtherModels: kept[15] ?? [],
    unread: readOnDemand.filter((_, place) => has(flagNames.length + place)),
  };
}
