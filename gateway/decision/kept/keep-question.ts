/**
 * Keeps what a decision was made from as a short JSON text, and makes the decision again from it. The text holds no word
 * of the prompt: the features, of headers and metadata what the policy tests, and what the decision asked of the state.
 */
import type { BudgetTrace, DecisionTrace, TargetState } from '../../contract/decision.ts';
import { decide } from '../decide.ts';
import type { Decision } from '../decision.ts';
import { explain } from '../explain.ts';
import type { CompiledPolicy } from '../policy/compiled-policy.ts';
import type { DecisionClock, DecisionFeatures, DecisionSnapshot } from '../question.ts';
import { type KeptFeatures, packFeatures, quoteName, readFeatures, type Texts } from './pack-features.ts';
import { type KeptFacts, type KeptState, packFacts, packState, readFacts, readState } from './pack-target.ts';
import type { SeenTarget, WatchedSnapshot } from './watched-snapshot.ts';

/** Of the text's own form; another is not read. */
const form = 1;
/** Characters. What is longer (hundreds of targets) is not kept rather than kept in part. */
export const keptAtMost = 8_192;

/** Of budgets that refused a target the first are kept: of several targets, the same ones say the same. */
const mostBudgets = 8;

/** Lists instead of objects: half as long, and a name such as `__proto__` is a name. The last is there where budgets refused something. */
type Kept = readonly [
  form: number,
  seed: number,
  clock: readonly [atMs: number, utcOffsetMinutes: number],
  catalogVersion: string,
  features: KeptFeatures,
  facts: readonly KeptFacts[],
  targets: readonly (readonly [provider: string, model: string, facts: number, state: KeptState])[],
  rest: KeptRest | 0,
  budgets?: readonly BudgetTrace[],
];

type KeptRest = readonly [
  listings: WatchedSnapshot['listings'],
  keyProblems: WatchedSnapshot['keyProblems'],
  missing: WatchedSnapshot['missing'],
  listProblems: Texts,
  sessions: WatchedSnapshot['sessions'],
  turns: WatchedSnapshot['turns'],
];

export interface KeptQuestion {
  readonly features: DecisionFeatures;
  readonly snapshot: DecisionSnapshot;
  readonly clock: DecisionClock;
  readonly seed: number;
}

/** With what followed: nothing of it decides. */
export interface KeptRequest extends KeptQuestion {
  /** Those that let a target not through, as they stood. */
  readonly budgets: readonly BudgetTrace[];
}

export interface AnsweredQuestion extends KeptQuestion {
  readonly policy: CompiledPolicy;
  /** The one that was handed to `decide`. */
  readonly snapshot: WatchedSnapshot;
  readonly decision: Decision;
}

/** Call it right after the decision, before the state moves on. Its text may be written later. */
export function keepQuestion(answered: AnsweredQuestion): KeptText {
  const { decision, snapshot } = answered;
  // The explanation shows every candidate, also those that the decision itself did not have to look up.
  for (const { provider, model } of decision.candidates) {
    snapshot.facts(provider, model);
    snapshot.state(provider, model);
  }
  return new KeptText(answered);
}

/** A question as it will stand in the log. */
export class KeptText {
  #answered: AnsweredQuestion | null;
  #text: string | null = null;
  #budgets: BudgetTrace[] | null = null;

  constructor(answered: AnsweredQuestion) {
    this.#answered = answered;
  }

  /** To be called when there is time; else the text is written when it is first needed. */
  write(): void {
    if (this.#answered) this.#text = writeQuestion(this.#answered);
    this.#answered = null;
  }

  /** A budget has refused a target; told with the question it was asked for. */
  noteBudget(refused: BudgetTrace): void {
    this.#budgets ??= [];
    if (this.#budgets.length < mostBudgets) this.#budgets.push(refused);
  }

  /** JSON text; null where it would be longer than `keptAtMost`, budgets aside. */
  get text(): string | null {
    this.write();
    if (this.#budgets === null || this.#text === null) return this.#text;
    return `${this.#text.slice(0, -1)},${quote(this.#budgets)}]`;
  }
}

/** Piece by piece: a request pays for it, and `JSON.stringify` of the whole was measured to cost three times as much. */
function writeQuestion({ features, policy, snapshot, clock, seed }: AnsweredQuestion): string | null {
  const facts: string[] = [];
  const targets = snapshot.targets.map((seen) => packTarget(seen, facts));
  const asked = packFeatures(features, policy.looksAt);
  const made = `${seed},[${clock.atMs},${clock.utcOffsetMinutes}],${quoteName(snapshot.catalogVersion())}`;
  const text = `[${form},${made},${asked},[${facts.join()}],[${targets.join()}],${packRest(snapshot)}]`;
  return text.length > keptAtMost ? null : text;
}

const quote = (value: unknown): string => JSON.stringify(value);

/** @param facts those of all targets: models of one family are known for the same */
function packTarget({ provider, model, facts: known, state }: SeenTarget, facts: string[]): string {
  const packed = packFacts(known);
  let place = facts.indexOf(packed);
  if (place < 0) place = facts.push(packed) - 1;
  return `[${quoteName(provider)},${quoteName(model)},${place},${packState(state)}]`;
}

function packRest({ listings, keyProblems, missing, problems, sessions, turns }: WatchedSnapshot): string {
  const hasSome = listings.length + keyProblems.length + missing.length + sessions.length + turns.length > 0;
  if (!hasSome && (problems === null || problems.size === 0)) return '0';
  const rest: KeptRest = [listings, keyProblems, missing, problems === null ? [] : [...problems], sessions, turns];
  return quote(rest);
}

/**
 * Reads a kept question. What the decision did not look at is answered as unknown and undisturbed.
 * @returns null for a text that is none, or of another form
 */
export function readQuestion(text: string): KeptRequest | null {
  const kept = parse(text);
  if (kept === null || kept[0] !== form) return null;
  const [, seed, [atMs, utcOffsetMinutes]] = kept;
  const question = { features: readFeatures(kept[4]), snapshot: readSnapshot(kept), clock: { atMs, utcOffsetMinutes }, seed };
  return { ...question, budgets: kept[8] ?? [] };
}

/** Only this file writes such texts: one whose first number is the form has the rest too. */
function parse(text: string): Kept | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && (value.length === 8 || value.length === 9) ? (value as unknown as Kept) : null;
  } catch {
    return null;
  }
}

const noRest: KeptRest = [[], [], [], [], [], []];

function readSnapshot(kept: Kept): DecisionSnapshot {
  const [, , , catalogVersion, , facts, targets, rest] = kept;
  const [listings, keyProblems, missing, listProblems, sessions, turns] = rest === 0 ? noRest : rest;
  const listingOf = new Map(listings);
  const problemOf = new Map(keyProblems);
  const missingOf = new Map(missing);
  const problems = new Map(listProblems);
  const turnOf = new Map(turns);
  const lastOf = new Map(sessions.map(([route, session, last]) => [JSON.stringify([route, session]), last]));
  const states = new Map<string, TargetState>();
  const factsOf = new Map<string, ReturnType<typeof readFacts>>();
  for (const [provider, model, place, state] of targets) {
    states.set(`${provider}/${model}`, readState(state));
    factsOf.set(`${provider}/${model}`, readFacts(facts[place] ?? []));
  }
  return {
    listing: (model) => listingOf.get(model) ?? [],
    keyProblem: (provider) => problemOf.get(provider) ?? null,
    missingDialects: (provider) => missingOf.get(provider) ?? [],
    listProblems: () => problems,
    facts: (provider, model) => factsOf.get(`${provider}/${model}`) ?? readFacts([]),
    state: (provider, model) => states.get(`${provider}/${model}`) ?? readState(null),
    lastOfSession: (route, session) => lastOf.get(JSON.stringify([route, session])) ?? null,
    turn: (route) => turnOf.get(route) ?? 0,
    catalogVersion: () => catalogVersion,
  };
}

/**
 * Makes a decision again, with the policy of then.
 * @returns null where the text is no kept question
 */
export function replay(
  text: string,
  policy: CompiledPolicy,
): { readonly decision: Decision; readonly trace: DecisionTrace } | null {
  const kept = readQuestion(text);
  if (kept === null) return null;
  const { features, snapshot, clock, seed } = kept;
  return {
    decision: decide(features, policy, snapshot, clock, seed),
    trace: explain(features, policy, snapshot, clock, seed),
  };
}
