/** Says in words what a decision came to, and what two of them differ in. Pure. */
import type {
  BudgetTrace,
  CandidateTrace,
  DecisionTrace,
  ReadOnDemand,
  ReasonCode,
  RuleTrace,
  TargetState,
} from '../../gateway/contract/decision.ts';
import { formatDuration, formatUsd, unknown } from './formats.ts';
import type { Tone } from './state-badge.tsx';

export interface Verdict {
  readonly tone: Tone;
  readonly word: string;
}

const refused: Readonly<Partial<Record<ReasonCode, string>>> = {
  'provider-off': 'Switched off',
  dialect: 'Speaks no such format',
  'no-key': 'No usable key',
  unlisted: 'Not listed',
  'not-local': 'Not on this machine',
  tools: 'Cannot call tools',
  images: 'Cannot read images',
  schema: 'Cannot hold to a schema',
  reasoning: 'Cannot reason',
  context: 'Reads too little',
  output: 'Writes too little',
  cost: 'Too dear',
  'price-unknown': 'Price unknown',
};

const later: Readonly<Partial<Record<ReasonCode, string>>> = {
  'demoted-latency': 'too slow',
  'demoted-weight': 'by its weight',
  'demoted-state': 'not well at present',
};

/** `Asked first`, `Asked 2nd`, `Asked 3rd, later: too slow`, or why it is not asked at all. One may be first for want of a better. */
export function candidateVerdict({ place, code }: Pick<CandidateTrace, 'place' | 'code'>): Verdict {
  if (place === null) return { tone: 'bad', word: refused[code] ?? 'Refused' };
  const why = later[code];
  if (place > 1) {
    const order = `Asked ${ordinal(place)}`;
    return why ? { tone: 'warn', word: `${order}, later: ${why}` } : { tone: 'idle', word: order };
  }
  return why && code !== 'demoted-weight'
    ? { tone: 'warn', word: `Asked first, though ${why}` }
    : { tone: 'good', word: 'Asked first' };
}

/** Whether a budget lets a request through. */
export function budgetStandVerdict({ refuses, mode, closed }: Pick<BudgetTrace, 'refuses' | 'mode' | 'closed'>): Verdict {
  if (refuses) return { tone: 'bad', word: closed === null ? 'No room' : 'Closed' };
  return mode === 'hard' ? { tone: 'good', word: 'Lets it through' } : { tone: 'idle', word: 'Only warns' };
}

export function ordinal(place: number): string {
  const ending = place % 100 > 10 && place % 100 < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][place % 10] ?? 'th');
  return `${place}${ending}`;
}

const effectWords: Readonly<Record<RuleTrace['effects'][number], string>> = {
  use: 'decides where it goes',
  deny: 'refuses it',
  pin: 'keeps it on this machine',
  parameters: 'writes settings',
  limits: 'sets limits',
  fallbacks: 'sets fallbacks',
  shadow: 'may send a copy',
};

/** Whether a rule holds and what it did; one whose say was taken by rules above did nothing, and its reason says so. */
export function effectsWords({ matched, effects }: Pick<RuleTrace, 'matched' | 'effects'>): string {
  if (!matched) return 'does not hold.';
  return effects.length === 0 ? 'holds.' : `holds: ${effects.map((effect) => effectWords[effect]).join(', ')}.`;
}

/** How a target stands, without what is ordinary. */
export function stateWords({ breaker, key, inFlight, loaded }: TargetState): readonly string[] {
  const words: string[] = [];
  if (breaker === 'open') words.push('rests after failures');
  if (breaker === 'half-open') words.push('being tried again');
  if (key === 'resting') words.push('its keys rest');
  if (key === 'set-aside') words.push('its keys are set aside');
  if (key === 'missing') words.push('key missing');
  if (inFlight > 0) words.push(`${inFlight} under way`);
  if (loaded === true) words.push('in memory');
  if (loaded === false) words.push('not in memory');
  return words;
}

/** `about $0.0021, 1.24 s`: what one candidate would cost and take. */
export function estimateWords({ estimatedCostUsd, estimatedDurationMs }: CandidateTrace): string {
  const cost =
    estimatedCostUsd === null ? 'price unknown' : estimatedCostUsd === 0 ? 'free' : `about ${formatUsd(estimatedCostUsd)}`;
  const time = estimatedDurationMs === null ? 'time not measured yet' : `about ${formatDuration(estimatedDurationMs)}`;
  return `${cost}, ${time}`;
}

/** The gateway gives reasons as clauses. */
export function sentenceOf(clause: string): string {
  const text = clause.trim();
  if (text === '') return '';
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?…]$/.test(text) ? '' : '.');
}

/**
 * Where a request goes, in a sentence, and by whose word.
 * @param past it came and went: what was asked first need not be what answered
 */
export function decisionSentence(trace: DecisionTrace, past = false): string {
  const { targets, refusal, pinnedBy, rules } = trace;
  const [first, ...others] = targets;
  const says = past ? 'said so' : 'says so';
  if (first === undefined) {
    const denier = rules.find(({ matched, effects }) => matched && effects.includes('deny'));
    const refused = `It ${past ? 'was' : 'is'} refused${denier ? ` by the rule “${denier.name}”` : ''}`;
    return refusal === null ? `${refused}.` : `${refused}: ${refusal}`;
  }
  const goes = past ? `First to be asked was ${first}` : `It goes to ${first}`;
  const next = others.length === 0 ? '' : ` Should that fail: ${listOf(others)}.`;
  const stays = past ? 'It had to stay' : 'It stays';
  const pinned = pinnedBy === null ? '' : ` ${stays} on this machine: the rule “${pinnedBy}” ${says}.`;
  return `${goes}, since ${whyWords(trace, past)}.${next}${pinned}`;
}

function whyWords({ rule, requestedModel, resolvedAs }: DecisionTrace, past: boolean): string {
  if (rule !== null) return `the rule “${rule}” ${past ? 'said so' : 'says so'}`;
  switch (resolvedAs) {
    case 'provider-model':
      return `that is the very name it ${past ? 'asked' : 'asks'} for`;
    case 'alias':
      return `“${requestedModel}” is an alias`;
    case 'bare-model':
      return `a provider lists the model “${requestedModel}”`;
    case 'rule':
    case 'unknown':
      return 'nothing else is known';
  }
}

const mostNamed = 3;

function listOf(names: readonly string[]): string {
  const told = names.slice(0, mostNamed).join(', then ');
  return names.length > mostNamed ? `${told}, and ${names.length - mostNamed} more` : told;
}

export function chosenOf({ candidates }: DecisionTrace): CandidateTrace | null {
  return candidates.find(({ place }) => place === 1) ?? null;
}

/** What changes for a request when a draft comes into force. */
export interface Move {
  readonly tone: Tone;
  readonly title: string;
  /** What it costs and takes, before and after; empty where neither is known. */
  readonly details: readonly string[];
}

export function moveBetween(live: DecisionTrace, draft: DecisionTrace): Move {
  const from = chosenOf(live);
  const to = chosenOf(draft);
  if (!from && !to) return { tone: 'warn', title: 'Refused before, refused by the draft', details: [] };
  if (!to) return { tone: 'bad', title: `The draft refuses it; now it goes to ${from?.target ?? unknown}`, details: [] };
  if (!from) return { tone: 'good', title: `The draft sends it to ${to.target}; now it is refused`, details: [] };
  if (from.target !== to.target) {
    return { tone: 'live', title: `It moves from ${from.target} to ${to.target}`, details: differences(from, to) };
  }
  const sameOrder = live.targets.join('\n') === draft.targets.join('\n');
  const tail = sameOrder ? '' : '; who is asked after it changes';
  return { tone: 'good', title: `It stays with ${to.target}${tail}`, details: differences(from, to) };
}

function differences(from: CandidateTrace, to: CandidateTrace): string[] {
  const details: string[] = [];
  const cost = difference(from.estimatedCostUsd, to.estimatedCostUsd, formatUsd, 'an unknown amount');
  const time = difference(from.estimatedDurationMs, to.estimatedDurationMs, formatDuration, 'an unknown time');
  details.push(`Costs ${cost}`);
  if (from.estimatedDurationMs !== null || to.estimatedDurationMs !== null) details.push(`Takes ${time}`);
  if (from.local !== to.local) details.push(to.local ? 'Stays on this machine' : 'Leaves this machine');
  return details;
}

function difference(
  before: number | null,
  after: number | null,
  format: (amount: number) => string,
  unknownWords: string,
): string {
  const about = (amount: number) => (amount === 0 ? 'nothing' : `about ${format(amount)}`);
  if (before === null) return after === null ? `${unknownWords}, as before` : `${about(after)}; not known before`;
  if (after === null) return `${unknownWords} instead of ${about(before)}`;
  if (format(before) === format(after)) return `${about(after)}, as before`;
  const part = before > 0 ? ` (${after > before ? '+' : '−'}${Math.round((Math.abs(after - before) / before) * 100)} %)` : '';
  return `${about(after)} instead of ${before === 0 ? 'nothing' : format(before)}${part}`;
}

const unreadNames: Readonly<Record<ReadOnDemand, string>> = {
  task: 'task',
  inputTokens: 'length',
  maxOutputTokens: 'limit of the answer',
  tools: 'tools',
  images: 'images',
  schema: 'schema',
  reasoning: 'reasoning',
  session: 'session',
};

/** What the decision did without, and why. */
export function unreadWords(unread: readonly ReadOnDemand[]): string {
  const names = unread.map((name) => unreadNames[name]).join(', ');
  return `Not read, since nothing depended on it: ${names}. The decision was made as if it had none.`;
}
