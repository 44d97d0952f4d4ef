/** Says in words what a decision came to, and what two of them differ in. Pure. */
import type { CandidateTrace, DecisionTrace, ReasonCode, RuleTrace, TargetState } from '../../gateway/contract/decision.ts';
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
  'demoted-latency': 'later: too slow',
  'demoted-weight': 'later: by its weight',
  'demoted-state': 'later: not well at present',
};

/** `Asked first`, `Asked 2nd`, `Asked 3rd, later: too slow`, or why it is not asked at all. */
export function candidateVerdict({ place, code }: Pick<CandidateTrace, 'place' | 'code'>): Verdict {
  if (place === null) return { tone: 'bad', word: refused[code] ?? 'Refused' };
  const why = later[code];
  const order = place === 1 ? 'Asked first' : `Asked ${ordinal(place)}`;
  return { tone: place === 1 ? 'good' : why ? 'warn' : 'idle', word: why ? `${order}, ${why}` : order };
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

/** Where a request goes, in a sentence, and by whose word. */
export function decisionSentence(trace: DecisionTrace): string {
  const { targets, refusal, rule, pinnedBy, requestedModel, resolvedAs } = trace;
  const [first, ...others] = targets;
  if (first === undefined) return refusal === null ? 'It is refused.' : `It is refused: ${refusal}`;
  const byName = {
    rule: `the rule “${rule ?? ''}” says so`,
    'provider-model': 'that is the very name it asks for',
    alias: `“${requestedModel}” is an alias`,
    'bare-model': `a provider lists the model “${requestedModel}”`,
    unknown: 'nothing else is known',
  }[resolvedAs];
  const why = rule === null ? byName : `the rule “${rule}” says so`;
  const pinned = pinnedBy === null ? '' : ` It stays on this machine: the rule “${pinnedBy}” says so.`;
  const next = others.length === 0 ? '' : ` Should that fail: ${listOf(others)}.`;
  return `It goes to ${first}, since ${why}.${next}${pinned}`;
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
  const cost = difference(from.estimatedCostUsd, to.estimatedCostUsd, formatUsd);
  const time = difference(from.estimatedDurationMs, to.estimatedDurationMs, formatDuration);
  if (cost) details.push(`Costs ${cost}`);
  if (time) details.push(`Takes ${time}`);
  if (from.local !== to.local) details.push(to.local ? 'Stays on this machine' : 'Leaves this machine');
  return details;
}

function difference(before: number | null, after: number | null, format: (amount: number | null) => string): string | null {
  if (before === null && after === null) return null;
  if (before === null) return `about ${format(after)}; not known before`;
  if (after === null) return `an unknown amount instead of about ${format(before)}`;
  if (format(before) === format(after)) return `about ${format(after)}, as before`;
  const part = before > 0 ? ` (${after > before ? '+' : '−'}${Math.round((Math.abs(after - before) / before) * 100)} %)` : '';
  return `about ${format(after)} instead of ${format(before)}${part}`;
}
