/** Reads an answer, streamed or whole: a whole one is a stream of one line (docs/api.md, server/routes.go). */
import { unfinishedAnswer } from '../../../chat/collect-answer.ts';
import { GatewayError } from '../../../chat/error.ts';
import type { ChatEvent } from '../../../chat/event.ts';
import type { StreamDecoder } from '../../codec.ts';
import { type Fields, isAbsent, isFields } from '../../json/fields.ts';
import { readShape } from './answer-shape.ts';
import { sniffMediaType } from '../request/decode-images.ts';
import { decodeFinish } from '../finish-reasons.ts';
import { decodeLogprobs } from './logprobs.ts';
import { decodeTimestamp } from '../timestamps.ts';
import { decodeArguments } from '../tool-arguments.ts';
import { decodeUsage, rawMetrics } from '../usage.ts';
import { describeError } from '../describe-error.ts';

export function createStreamDecoder(): StreamDecoder {
  return new LineDecoder();
}

/**
 * @param body the parsed JSON of a whole answer
 * @throws GatewayError `upstream-failed` for an error in its place, `upstream-protocol` when it is no answer
 */
export function decodeAnswer(body: unknown): readonly ChatEvent[] {
  if (!isFields(body)) throw unreadable('is no JSON object');
  if (isAbsent(body['error']) && readShape(body) === null) throw unreadable('has neither message nor response');
  const decoder = new LineDecoder();
  // Whole is whole: not every server that speaks like Ollama says so.
  const events = decoder.read({ ...body, done: body['done'] ?? true });
  return [...events, ...decoder.end()];
}

class LineDecoder implements StreamDecoder {
  #id: string | null = null;
  #calls = 0;
  #ended = false;

  get ended(): boolean {
    return this.#ended;
  }

  push(data: string): readonly ChatEvent[] {
    if (this.#ended || data.trim() === '') return [];
    const line = parse(data);
    if (!isFields(line)) throw unreadable('holds a line that is no JSON object');
    return this.read(line);
  }

  read(line: Fields): readonly ChatEvent[] {
    if (line['error']) throw failure(line);
    const content = readShape(line);
    const isLast = line['done'] === true;
    if (content === null && !isLast) return [];
    return [
      ...this.#start(line),
      ...this.#readContent(content ?? {}),
      ...readLogprobs(line),
      ...(isLast ? this.#finish(line) : []),
    ];
  }

  end(): readonly ChatEvent[] {
    if (!this.#ended) throw unfinishedAnswer();
    return [];
  }

  /** Ollama gives answers no id; the time of the first line, to the nanosecond, is one. */
  #start(line: Fields): readonly ChatEvent[] {
    if (this.#id !== null) return [];
    const { model, created_at } = line;
    this.#id = String(created_at ?? '')
      .replace(/\D/g, '')
      .slice(0, 32);
    const createdAtSeconds = decodeTimestamp(created_at);
    return [{ type: 'start', id: `ollama-${this.#id}`, model: typeof model === 'string' ? model : '', createdAtSeconds }];
  }

  #readContent({ thinking, content, images, tool_calls }: Fields): readonly ChatEvent[] {
    const events: ChatEvent[] = [];
    if (typeof thinking === 'string' && thinking !== '') events.push({ type: 'reasoning', text: thinking });
    if (typeof content === 'string' && content !== '') events.push({ type: 'text', text: content });
    for (const data of listOf(images)) {
      if (typeof data === 'string') events.push({ type: 'media', mediaType: sniffMediaType(data), data });
    }
    return [...events, ...listOf(tool_calls).flatMap((call) => this.#readCall(call))];
  }

  /** A call comes whole. Old versions give it no id, and number calls from 0 in every line, or not at all. */
  #readCall(call: unknown): readonly ChatEvent[] {
    const called = isFields(call) ? call['function'] : null;
    if (!isFields(call) || !isFields(called) || typeof called['name'] !== 'string' || called['name'] === '') {
      throw unreadable('calls a tool without a name');
    }
    const index = this.#calls++;
    const id = typeof call['id'] === 'string' && call['id'] !== '' ? call['id'] : `call_${this.#id}_${index}`;
    return [
      { type: 'tool-start', index, id, name: called['name'], kind: 'function' },
      { type: 'tool-input', index, text: decodeArguments(called['arguments']) },
      { type: 'tool-end', index },
    ];
  }

  #finish(line: Fields): readonly ChatEvent[] {
    this.#ended = true;
    const usage = decodeUsage(line);
    const finish: ChatEvent = { type: 'finish', reason: decodeFinish(line['done_reason'], this.#calls) };
    return usage ? [{ type: 'usage', usage, raw: rawMetrics(line) }, finish] : [finish];
  }
}

function readLogprobs(line: Fields): readonly ChatEvent[] {
  const tokens = decodeLogprobs(line['logprobs']);
  return tokens.length > 0 ? [{ type: 'logprobs', tokens }] : [];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}

function failure({ error, status }: Fields): GatewayError {
  const known = typeof status === 'number' && Number.isInteger(status) && status >= 400 && status <= 599;
  return new GatewayError('upstream-failed', describeError(error), known ? { status } : {});
}

function unreadable(problem: string): GatewayError {
  return new GatewayError('upstream-protocol', `The provider's answer ${problem}.`);
}
