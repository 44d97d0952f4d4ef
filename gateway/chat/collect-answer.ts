/** Gathers the events of an answer into a whole one: what every dialect writes a whole answer from. */
import { GatewayError } from './error.ts';
import type { ChatEvent, Citation, FinishReason, TokenLogprob } from './event.ts';
import type { Seal } from './seal.ts';
import type { Usage } from './usage.ts';

/** A passage of the answer, in the order the model wrote them. */
export type AnswerPart =
  | { readonly type: 'text'; text: string; seal: Seal | null; readonly citations: Citation[] }
  | { readonly type: 'refusal'; text: string }
  | { readonly type: 'reasoning'; text: string; seal: Seal | null; redacted: boolean; ended: boolean }
  | {
      readonly type: 'tool-call';
      readonly index: number;
      readonly id: string;
      readonly name: string;
      readonly namespace: string | null;
      readonly kind: 'function' | 'custom';
      readonly seal: Seal | null;
      input: string;
    }
  | { readonly type: 'media'; readonly mediaType: string; readonly data: string };

/** One of the answers that were asked for. */
export interface AnswerChoice {
  readonly index: number;
  readonly parts: readonly AnswerPart[];
  readonly logprobs: readonly TokenLogprob[];
  readonly reason: FinishReason;
  readonly stopSequence: string | null;
}

export interface CollectedAnswer {
  readonly id: string;
  readonly model: string;
  readonly createdAtSeconds: number;
  readonly serviceTier: string | null;
  /** By index; at least one. */
  readonly choices: readonly [AnswerChoice, ...AnswerChoice[]];
  readonly usage: Usage | null;
}

interface GrowingChoice {
  readonly parts: AnswerPart[];
  readonly logprobs: TokenLogprob[];
  reason: FinishReason | null;
  stopSequence: string | null;
}

/** @throws GatewayError `upstream-truncated` when the events lack their start or a finish: that is no whole answer */
export function collectAnswer(events: Iterable<ChatEvent>): CollectedAnswer {
  let start: Extract<ChatEvent, { type: 'start' }> | null = null;
  let usage: Usage | null = null;
  const growing = new Map<number, GrowingChoice>();
  for (const event of events) {
    if (event.type === 'start') start = event;
    else if (event.type === 'usage') ({ usage } = event);
    else if (event.type !== 'native') addTo(choiceOf(growing, event.choice ?? 0), event);
  }
  const [first, ...others] = [...growing].sort(([one], [other]) => one - other).map(([index, choice]) => finished(index, choice));
  if (start === null || !first) throw unfinishedAnswer();
  const { id, model, createdAtSeconds, serviceTier = null } = start;
  return { id, model, createdAtSeconds, serviceTier, choices: [first, ...others], usage };
}

export function unfinishedAnswer(): GatewayError {
  return new GatewayError('upstream-truncated', 'The answer broke off before its end; ask again.');
}

/** The text of a choice, without reasoning and refusals. */
export function textOfAnswer({ parts }: AnswerChoice): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

function choiceOf(growing: Map<number, GrowingChoice>, index: number): GrowingChoice {
  let choice = growing.get(index);
  if (!choice) growing.set(index, (choice = { parts: [], logprobs: [], reason: null, stopSequence: null }));
  return choice;
}

function finished(index: number, { parts, logprobs, reason, stopSequence }: GrowingChoice): AnswerChoice {
  if (reason === null) throw unfinishedAnswer();
  return { index, parts, logprobs, reason, stopSequence };
}

type ContentEvent = Exclude<ChatEvent, { type: 'start' | 'usage' | 'native' }>;

function addTo(choice: GrowingChoice, event: ContentEvent): void {
  const { parts } = choice;
  switch (event.type) {
    case 'text':
      openText(parts).text += event.text;
      break;
    case 'refusal':
      addRefusal(parts, event.text);
      break;
    case 'reasoning':
      openReasoning(parts).text += event.text;
      break;
    case 'reasoning-end':
      Object.assign(openReasoning(parts), { seal: event.seal, redacted: event.redacted, ended: true });
      break;
    case 'text-seal':
      openText(parts).seal = event.seal;
      break;
    case 'citation':
      lastText(parts).citations.push(event.citation);
      break;
    case 'media':
      parts.push({ type: 'media', mediaType: event.mediaType, data: event.data });
      break;
    case 'logprobs':
      for (const token of event.tokens) choice.logprobs.push(token);
      break;
    case 'finish':
      choice.reason = event.reason;
      choice.stopSequence = event.stopSequence ?? null;
      break;
    default:
      addToCall(parts, event);
  }
}

type AnswerText = Extract<AnswerPart, { type: 'text' }>;

/** What follows a sealed text is another: the seal is not for it. */
function openText(parts: AnswerPart[]): AnswerText {
  const last = parts.at(-1);
  if (last?.type === 'text' && last.seal === null) return last;
  const text = { type: 'text' as const, text: '', seal: null, citations: [] };
  parts.push(text);
  return text;
}

/** Citations may come behind calls; they are of the text before those. */
function lastText(parts: AnswerPart[]): AnswerText {
  return parts.findLast((part) => part.type === 'text') ?? openText(parts);
}

function addRefusal(parts: AnswerPart[], text: string): void {
  const last = parts.at(-1);
  if (last?.type === 'refusal') last.text += text;
  else parts.push({ type: 'refusal', text });
}

function openReasoning(parts: AnswerPart[]): Extract<AnswerPart, { type: 'reasoning' }> {
  const last = parts.at(-1);
  if (last?.type === 'reasoning' && !last.ended) return last;
  const reasoning = { type: 'reasoning' as const, text: '', seal: null, redacted: false, ended: false };
  parts.push(reasoning);
  return reasoning;
}

function addToCall(parts: AnswerPart[], event: Extract<ChatEvent, { type: 'tool-start' | 'tool-input' | 'tool-end' }>): void {
  if (event.type === 'tool-start') {
    const { index, id, name, namespace = null, kind, seal = null } = event;
    parts.push({ type: 'tool-call', index, id, name, namespace, kind, seal, input: '' });
  } else if (event.type === 'tool-input') {
    const call = parts.findLast((part) => part.type === 'tool-call' && part.index === event.index);
    if (call?.type === 'tool-call') call.input += event.text;
  }
}
