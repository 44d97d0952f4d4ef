/** Reads what OpenAI's chat and completions answers have in common: their head, their usage, their errors, and when they end. */
import { unfinishedAnswer } from '../../chat/collect-answer.ts';
import { GatewayError } from '../../chat/error.ts';
import type { ChatEvent } from '../../chat/event.ts';
import type { StreamDecoder } from '../codec.ts';
import { type Fields, isFields } from '../json/fields.ts';
import { describeError, errorOf } from './stream-reader.ts';
import { billedUsage } from './billed-usage.ts';
import { decodeUsage, usageOf } from './usage.ts';

/** Reads one of the answers, piece by piece or whole. */
export interface ChoiceDecoder {
  /** @param chunk what the choice stands in */
  push(choice: Fields, chunk: Fields): readonly ChatEvent[];
  /** The events that end it, the `finish` last. */
  close(): readonly ChatEvent[];
}

/** @param answerId as the provider named it, for what must be named after it */
export type MakeChoiceDecoder = (index: number, answerId: string) => ChoiceDecoder;

/**
 * A finish is held back until `[DONE]`: some say it twice, and the last word counts; a usage chunk may follow it.
 * @returns the decoder of one stream, which ends with `[DONE]`
 */
export function createChunkDecoder(makeChoice: MakeChoiceDecoder): StreamDecoder {
  const answer = new AnswerDecoder(makeChoice);
  let ended = false;
  return {
    get ended() {
      return ended;
    },
    push(data, event) {
      const text = data.trim();
      if (ended || text === '') return [];
      if (text !== '[DONE]') return answer.push(parseChunk(text, event));
      ended = true;
      return answer.close();
    },
    end() {
      if (!ended) throw unfinishedAnswer();
      return [];
    },
  };
}

/** @throws GatewayError `upstream-protocol` when the body holds no choice */
export function decodeWholeAnswer(body: unknown, makeChoice: MakeChoiceDecoder): readonly ChatEvent[] {
  if (!isFields(body)) throw new GatewayError('upstream-protocol', "the provider's answer is no JSON object");
  const answer = new AnswerDecoder(makeChoice);
  const events = answer.push(body);
  if (!answer.hasChoices) throw new GatewayError('upstream-protocol', "the provider's answer holds no choices");
  return [...events, ...answer.close()];
}

/** As many as may be asked for (`n`). */
const mostChoices = 128;

class AnswerDecoder {
  readonly #makeChoice: MakeChoiceDecoder;
  readonly #choices = new Map<number, ChoiceDecoder>();
  #answerId: string | null = null;

  constructor(makeChoice: MakeChoiceDecoder) {
    this.#makeChoice = makeChoice;
  }

  get hasChoices(): boolean {
    return this.#choices.size > 0;
  }

  push(chunk: Fields): readonly ChatEvent[] {
    const error = errorOf(chunk);
    if (error) throw upstreamError(error);
    const choices: readonly unknown[] = Array.isArray(chunk.choices) ? chunk.choices : [];
    // Azure's first chunk has no choices, and an empty id and model.
    if (this.#answerId === null && !choices.some(isFields)) return [];
    const events = this.#start(chunk);
    for (const choice of choices) {
      if (!isFields(choice)) continue;
      for (const event of this.#choiceAt(choice.index).push(choice, chunk)) events.push(event);
    }
    const usage = usageEvent(chunk);
    if (usage) events.push(usage);
    return events;
  }

  /** @throws GatewayError `upstream-truncated` when nothing was answered */
  close(): readonly ChatEvent[] {
    if (!this.hasChoices) throw unfinishedAnswer();
    return [...this.#choices.values()].flatMap((choice) => choice.close());
  }

  #start(chunk: Fields): ChatEvent[] {
    if (this.#answerId !== null) return [];
    const { id, model, created, service_tier: tier } = chunk;
    const createdAtSeconds = typeof created === 'number' && Number.isSafeInteger(Math.floor(created)) ? Math.floor(created) : 0;
    this.#answerId = typeof id === 'string' && id !== '' ? id : `chatcmpl-${createdAtSeconds}`;
    const serviceTier = typeof tier === 'string' ? { serviceTier: tier } : {};
    const name = typeof model === 'string' ? model : '';
    return [{ type: 'start', id: this.#answerId, model: name, createdAtSeconds, ...serviceTier }];
  }

  #choiceAt(value: unknown): ChoiceDecoder {
    const index = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0;
    if (index >= mostChoices) throw new GatewayError('upstream-protocol', `the provider sent a choice with the index ${index}`);
    let choice = this.#choices.get(index);
    if (!choice) this.#choices.set(index, (choice = this.#makeChoice(index, this.#answerId ?? '')));
    return choice;
  }
}

function parseChunk(text: string, event: string | null): Fields {
  const chunk = parse(text);
  if (event === 'error' && !(isFields(chunk) && errorOf(chunk))) throw upstreamError(chunk ?? text);
  if (!isFields(chunk)) throw new GatewayError('upstream-protocol', 'an event of the stream is no JSON object');
  return chunk;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** @returns the provider's error in its own words, with the HTTP status where one is told */
function upstreamError(error: unknown): GatewayError {
  const { code, status } = isFields(error) ? error : {};
  const told = [status, code].map(Number).find((number) => Number.isInteger(number) && number >= 400 && number < 600);
  const facts = {
    ...(told === undefined ? {} : { status: told }),
    ...(typeof code === 'string' && code !== '' && told === undefined ? { code } : {}),
  };
  return new GatewayError('upstream-failed', describeError(error), facts);
}

function usageEvent(chunk: Fields): ChatEvent | null {
  const raw = usageOf(chunk);
  const usage = decodeUsage(raw);
  return usage === null ? null : { type: 'usage', usage, raw: billedUsage(raw, chunk) };
}
