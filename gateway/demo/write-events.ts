/** Turns a demo answer into chat events, a piece at a time, with its usage counted. */
import type { ChatEvent } from '../chat/event.ts';
import type { ChatRequest, ContentPart } from '../chat/request.ts';
import type { Usage } from '../chat/usage.ts';
import type { DemoAnswer } from './answer-chat.ts';
import { countPieces, splitPieces } from './pieces.ts';

export interface AnswerFacts {
  /** Unique among all answers: names the answer and its tool call. */
  readonly id: string;
  readonly idPrefix: 'chatcmpl' | 'cmpl';
  readonly model: string;
  readonly createdAtSeconds: number;
  readonly inputTokens: number;
  readonly maxOutputTokens: number | null;
  /** A text ends before the first of these. */
  readonly stop: readonly string[];
}

/** Longer answers send several pieces at once, so that none takes longer than a person waits. */
const mostTextEvents = 60;

/** An output token is one piece. An answer that reaches `maxOutputTokens` ends there, with the reason `length`. */
export function writeEvents(answer: DemoAnswer, facts: AnswerFacts): readonly ChatEvent[] {
  const whole = splitPieces(answer.type === 'text' ? cutAtStop(answer.text, facts.stop) : answer.argumentsJson);
  const pieces = facts.maxOutputTokens === null ? whole : whole.slice(0, facts.maxOutputTokens);
  const finished = answer.type === 'text' ? 'stop' : 'tool-calls';
  const usage: Usage = { ...noTokens, inputTokens: facts.inputTokens, outputTokens: pieces.length };
  return [
    { type: 'start', id: `${facts.idPrefix}-${facts.id}`, model: facts.model, createdAtSeconds: facts.createdAtSeconds },
    ...contentEvents(answer, groupPieces(pieces), facts.id),
    { type: 'finish', reason: pieces.length < whole.length ? 'length' : finished },
    { type: 'usage', usage, raw: null },
  ];
}

const noTokens = {
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  audioInputTokens: 0,
  audioOutputTokens: 0,
};

function contentEvents(answer: DemoAnswer, pieces: readonly string[], id: string): readonly ChatEvent[] {
  if (answer.type === 'text') return pieces.map((text) => ({ type: 'text', text }));
  const start: ChatEvent = { type: 'tool-start', index: 0, id: `call_${id}`, name: answer.name, kind: 'function' };
  return [start, ...pieces.map((text): ChatEvent => ({ type: 'tool-input', index: 0, text }))];
}

function groupPieces(pieces: readonly string[]): readonly string[] {
  const size = Math.ceil(pieces.length / mostTextEvents);
  if (size <= 1) return pieces;
  return Array.from({ length: Math.ceil(pieces.length / size) }, (_group, index) =>
    pieces.slice(index * size, (index + 1) * size).join(''),
  );
}

function cutAtStop(text: string, stop: readonly string[]): string {
  const ends = stop.map((word) => text.indexOf(word)).filter((end) => end >= 0);
  return text.slice(0, Math.min(text.length, ...ends));
}

const tokensPerMessage = 3;
const tokensPerMediaPart = 85;

/** Pieces of every text and of the offered tools' JSON, three for each message, 85 for each picture or other file. */
export function countInput({ messages, tools }: ChatRequest): number {
  const offered = tools.length > 0 ? countPieces(JSON.stringify(tools)) : 0;
  return messages.reduce((total, { parts }) => total + tokensPerMessage + countParts(parts), offered);
}

function countParts(parts: readonly ContentPart[]): number {
  return parts.reduce((total, part) => total + countPart(part), 0);
}

function countPart(part: ContentPart): number {
  if (part.type === 'tool-result') return countParts(part.content);
  if (part.type === 'tool-call') return countPieces(part.name) + countPieces(part.input);
  return 'text' in part ? countPieces(part.text) : tokensPerMediaPart;
}

/** Pictures and other files; a part of a kind that is not known here is one. */
export function countMedia(parts: readonly ContentPart[]): number {
  return parts.filter((part) => part.type !== 'tool-result' && part.type !== 'tool-call' && !('text' in part)).length;
}
