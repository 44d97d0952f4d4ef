/** Reads a Responses stream into events of the inner language. */
import { unfinishedAnswer } from '../../../../chat/collect-answer.ts';
import { GatewayError } from '../../../../chat/error.ts';
import type { ChatEvent, FinishReason } from '../../../../chat/event.ts';
import type { StreamDecoder } from '../../../codec.ts';
import { type Fields, isFields } from '../../../json/fields.ts';
import { type AnswerProgress, type ItemReader, createItemReader } from './item-readers.ts';
import { errorObject, upstreamFailure } from '../read-failure.ts';
import { billedUsage } from '../../billed-usage.ts';
import { decodeUsage } from '../usage.ts';

/**
 * Items are told apart by `output_index`: some servers give an item another id in every event. Unknown events are passed over,
 * and so is all that comes after the terminal one (`[DONE]` from OpenRouter).
 */
export function createStreamDecoder(): StreamDecoder {
  return new ResponsesStreamDecoder();
}

interface OpenItem {
  readonly type: unknown;
  readonly reader: ItemReader;
  done: boolean;
}

class ResponsesStreamDecoder implements StreamDecoder {
  readonly #progress: AnswerProgress = { textLength: 0, toolCalls: 0 };
  readonly #items = new Map<unknown, OpenItem>();
  readonly #ids = new Set<unknown>();
  #started = false;
  ended = false;

  push(data: string, name: string | null): readonly ChatEvent[] {
    if (this.ended || data === '' || data === '[DONE]') return [];
    const event = parseEvent(data);
    const type = typeof event.type === 'string' ? event.type : (name ?? '');
    if (isFailure(type, event)) throw upstreamFailure(errorObject(event));
    if (!type.startsWith('response.')) return [];
    return this.#read(type.slice('response.'.length), event);
  }

  end(): readonly ChatEvent[] {
    if (!this.ended) throw unfinishedAnswer();
    return [];
  }

  #read(type: string, event: Fields): readonly ChatEvent[] {
    if (isFields(event.response)) return [...this.#start(event.response), ...this.#readResponse(type, event.response)];
    const content = this.#readItem(type, event);
    return content.length === 0 ? content : [...this.#start({}), ...content];
  }

  /** What a server that leaves out `response.created` does not tell stays empty. */
  #start(response: Fields): readonly ChatEvent[] {
    if (this.#started) return [];
    this.#started = true;
    return [startEvent(response)];
  }

  #readResponse(type: string, response: Fields): readonly ChatEvent[] {
    if (type !== 'completed' && type !== 'incomplete') return [];
    this.ended = true;
    const events = this.#readMissing(response.output);
    const status = type === 'incomplete' ? 'incomplete' : 'completed';
    return [...events, ...closingEvents({ ...response, status: response.status ?? status }, this.#progress)];
  }

  /**
   * A server may leave out that an item is done, or all of it: the whole response holds both. Where its places are not the
   * stream's own (some indexes are skipped there), only a stream without any item is read from it.
   */
  #readMissing(output: unknown): readonly ChatEvent[] {
    const whole: readonly unknown[] = Array.isArray(output) ? output : [];
    const isInPlace = [...this.#items.keys()].every((key) => typeof key === 'number' && key < whole.length);
    if (!isInPlace) return [];
    return whole.flatMap((last, index) => {
      if (!isFields(last)) return [];
      const item = this.#items.get(index);
      if (!item) return this.#ids.has(last.id) ? [] : readItems([last], this.#progress);
      return !item.done && item.type === last.type ? item.reader.done(last) : [];
    });
  }

  #readItem(type: string, event: Fields): readonly ChatEvent[] {
    if (type === 'output_item.done') return this.#finishItem(event);
    if (type === 'output_item.added') {
      const item = isFields(event.item) && !this.#items.has(keyOf(event)) ? this.#open(event, event.item) : null;
      return item?.reader.read(type, event) ?? [];
    }
    const item = this.#items.get(keyOf(event)) ?? this.#openUnannounced(type, event);
    return !item || item.done ? [] : item.reader.read(type, event);
  }

  #finishItem(event: Fields): readonly ChatEvent[] {
    if (!isFields(event.item)) return [];
    const item = this.#items.get(keyOf(event)) ?? this.#open(event, event.item);
    if (item.done) return [];
    item.done = true;
    return item.reader.done(event.item);
  }

  /** A server may leave out that a message begins; a call without its name cannot be read. */
  #openUnannounced(type: string, event: Fields): OpenItem | null {
    if (type.startsWith('output_text.') || type.startsWith('refusal.')) return this.#open(event, { type: 'message' });
    return type.startsWith('reasoning_') ? this.#open(event, { type: 'reasoning' }) : null;
  }

  #open(event: Fields, item: Fields): OpenItem {
    const open = { type: item.type, reader: createItemReader(item, this.#progress), done: false };
    this.#items.set(keyOf(event), open);
    if (item.id !== undefined) this.#ids.add(item.id);
    return open;
  }
}

/** Some servers send an error without saying that it is one. */
function isFailure(type: string, event: Fields): boolean {
  return type === 'error' || type === 'response.failed' || (!type.startsWith('response.') && Boolean(event.error));
}

function keyOf(event: Fields): unknown {
  return event.output_index ?? event.item_id ?? (isFields(event.item) ? event.item.id : null);
}

function parseEvent(data: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch (cause) {
    throw new GatewayError('upstream-protocol', 'The provider sent an event that is not JSON.', { cause });
  }
  if (isFields(value)) return value;
  throw new GatewayError('upstream-protocol', 'The provider sent an event that is not a JSON object.');
}

/** `auto` is a wish for a tier, not one. */
export function startEvent({ id, model, created_at: created, service_tier: tier }: Fields): ChatEvent {
  return {
    type: 'start',
    id: typeof id === 'string' ? id : '',
    model: typeof model === 'string' ? model : '',
    createdAtSeconds: typeof created === 'number' && Number.isFinite(created) ? Math.floor(created) : 0,
    ...(typeof tier === 'string' && tier !== 'auto' ? { serviceTier: tier } : {}),
  };
}

/** The events of whole items. */
export function readItems(output: unknown, progress: AnswerProgress): readonly ChatEvent[] {
  const items: readonly unknown[] = Array.isArray(output) ? output : [];
  return items.flatMap((item) => (isFields(item) ? createItemReader(item, progress).done(item) : []));
}

/** Usage, where it is known, and why the answer ended. */
export function closingEvents(response: Fields, { toolCalls }: AnswerProgress): readonly ChatEvent[] {
  const usage = decodeUsage(response.usage);
  return [
    ...(usage === null ? [] : [{ type: 'usage' as const, usage, raw: billedUsage(response.usage, response) }]),
    { type: 'finish', reason: decodeFinish(response, toolCalls > 0) },
  ];
}

function decodeFinish({ status, incomplete_details: details }: Fields, hasCalls: boolean): FinishReason {
  if (status === 'incomplete') return isFields(details) && details.reason === 'content_filter' ? 'content-filter' : 'length';
  return hasCalls ? 'tool-calls' : 'stop';
}
