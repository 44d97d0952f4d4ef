/** Reads an upstream's answer, streamed or whole: GenerateContentResponses, each a piece of it. */
import { unfinishedAnswer } from '../../../chat/collect-answer.ts';
import { GatewayError } from '../../../chat/error.ts';
import type { ChatEvent } from '../../../chat/event.ts';
import type { StreamDecoder } from '../../codec.ts';
import { type Fields, isFields } from '../../json/fields.ts';
import { CandidateDecoder } from './candidate-decoder.ts';
import { streamError } from '../decode-stream-error.ts';
import { decodeUsage } from '../usage.ts';

/** No model gives nearly so many answers at once. */
const mostCandidates = 128;

class AnswerDecoder {
  readonly #candidates = new Map<number, CandidateDecoder>();
  #id: string | null = null;
  #calls = 0;

  /** @throws GatewayError `upstream-failed` for an error object, `upstream-protocol` for what is no object */
  push(value: unknown): ChatEvent[] {
    if (!isFields(value)) throw new GatewayError('upstream-protocol', 'The provider sent something that is no answer of Gemini.');
    if (value['error'] !== undefined && value['error'] !== null) throw streamError(value['error']);
    const events = this.#start(value);
    this.#noteBlock(value['promptFeedback']);
    const candidates: readonly unknown[] = Array.isArray(value['candidates']) ? value['candidates'] : [];
    for (const each of candidates) if (isFields(each)) events.push(...this.#candidate(each['index']).push(each));
    const raw = value['usageMetadata'];
    const usage = decodeUsage(raw);
    if (usage) events.push({ type: 'usage', usage, raw });
    return events;
  }

  /** Gemini has no terminal event: a reason to end for every candidate is all there is. */
  end(): ChatEvent[] {
    const candidates = [...this.#candidates.values()];
    if (this.#id === null || candidates.length === 0 || !candidates.every(({ finished }) => finished)) throw unfinishedAnswer();
    return candidates.flatMap((candidate) => candidate.close());
  }

  #start({ responseId, modelVersion, createTime }: Fields): ChatEvent[] {
    if (this.#id !== null) return [];
    this.#id = textOr(responseId, crypto.randomUUID());
    const created = typeof createTime === 'string' ? Date.parse(createTime) : Number.NaN;
    const milliseconds = Number.isFinite(created) ? created : Date.now();
    const createdAtSeconds = Math.floor(milliseconds / 1000);
    return [{ type: 'start', id: this.#id, model: textOr(modelVersion, ''), createdAtSeconds }];
  }

  /** A prompt that is blocked gets no candidate at all. */
  #noteBlock(feedback: unknown): void {
    const reason = isFields(feedback) ? feedback['blockReason'] : null;
    if (typeof reason === 'string' && reason !== '' && reason !== 'BLOCKED_REASON_UNSPECIFIED') this.#candidate(0).end('SAFETY');
  }

  #candidate(index: unknown): CandidateDecoder {
    const place = typeof index === 'number' ? index : 0;
    if (!Number.isInteger(place) || place < 0 || place >= mostCandidates) {
      throw new GatewayError('upstream-protocol', `The provider sent a candidate with the index ${place}.`);
    }
    let candidate = this.#candidates.get(place);
    if (!candidate) this.#candidates.set(place, (candidate = new CandidateDecoder(place, () => this.#makeCallId())));
    return candidate;
  }

  /** Unique among the answers of a conversation, too, in characters that every dialect takes. */
  #makeCallId(): string {
    const answer = (this.#id ?? '').replace(/[^a-zA-Z0-9_-]/g, '').slice(0, 40);
    this.#calls += 1;
    return `call_${answer}_${this.#calls - 1}`;
  }
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}

/** Every event is one response, or (from imitators) a list of them. */
export function createStreamDecoder(): StreamDecoder {
  const answer = new AnswerDecoder();
  return {
    push(data) {
      if (data.trim() === '' || data.trim() === '[DONE]') return [];
      return listed(parse(data)).flatMap((each) => answer.push(each));
    },
    // Usage may follow the finish: only the end of the connection is the end.
    ended: false,
    end: () => answer.end(),
  };
}

/**
 * A whole answer; a list is a stream that was asked for without `alt=sse`.
 * @throws GatewayError `upstream-failed`, `upstream-protocol`, `upstream-truncated`
 */
export function decodeAnswer(body: unknown): readonly ChatEvent[] {
  const answer = new AnswerDecoder();
  const events = listed(body).flatMap((each) => answer.push(each));
  return [...events, ...answer.end()];
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (cause) {
    throw new GatewayError('upstream-protocol', 'The provider sent an event that is not sound JSON.', { cause });
  }
}
