/** Reads the streamed answer of `POST /v1/messages` (platform.claude.com/docs/en/build-with-claude/streaming). */
import { unfinishedAnswer } from '../../../chat/collect-answer.ts';
import { GatewayError } from '../../../chat/error.ts';
import type { ChatEvent } from '../../../chat/event.ts';
import type { StreamDecoder } from '../../codec.ts';
import { type Fields, isFields } from '../../json/fields.ts';
import { BlockDecoder } from './block-decoder.ts';
import { decodeStopReason } from '../finish-reasons.ts';
import { decodeHead } from './message-head.ts';
import { errorIn, upstreamFailure } from '../read-error.ts';
import { decodeStartUsage, decodeUsage, mergeUsage } from '../usage.ts';

export function createStreamDecoder(): StreamDecoder {
  return new AnthropicStreamDecoder();
}

class AnthropicStreamDecoder implements StreamDecoder {
  #blocks: BlockDecoder | null = null;
  #hasContent = false;
  #usage: Fields | null = null;
  #stopReason: unknown = null;
  #stopSequence: unknown = null;
  #ended = false;

  get ended(): boolean {
    return this.#ended;
  }

  push(data: string, event: string | null): readonly ChatEvent[] {
    if (this.#ended || data === '[DONE]') return [];
    const payload = parsePayload(data, event);
    const error = errorIn(payload);
    if (error) throw upstreamFailure(error);
    switch (payload.type ?? event) {
      case 'message_start':
        return this.#startMessage(isFields(payload.message) ? payload.message : {});
      case 'content_block_start':
      case 'content_block_delta':
      case 'content_block_stop':
        return this.#readBlock(payload, String(payload.type ?? event));
      case 'message_delta':
        return this.#readDelta(payload);
      case 'message_stop':
        return this.#stopMessage();
      default:
        return [];
    }
  }

  end(): readonly ChatEvent[] {
    if (!this.#ended) throw unfinishedAnswer();
    return [];
  }

  /** Some providers say their start twice; one that comes after content begins another answer. */
  #startMessage(message: Fields): ChatEvent[] {
    if (this.#hasContent) throw new GatewayError('upstream-protocol', 'the provider began its answer anew');
    const isFirst = this.#blocks === null;
    const head = decodeHead(message);
    this.#blocks ??= new BlockDecoder(head.id);
    const events: ChatEvent[] = [...(isFirst ? [head] : []), ...this.#tellUsage(message.usage, decodeStartUsage)];
    return [...events, ...(isFirst ? this.#readGivenContent(this.#blocks, message.content) : [])];
  }

  /** The calls of a program that runs at Anthropic stand in the start, whole. */
  #readGivenContent(blocks: BlockDecoder, content: unknown): ChatEvent[] {
    const given: readonly unknown[] = Array.isArray(content) ? content : [];
    return given.filter(isFields).flatMap((block) => [...blocks.start(-1, block), ...blocks.stop(-1)]);
  }

  #readBlock(payload: Fields, type: string): ChatEvent[] {
    const blocks = this.#begun();
    const index = typeof payload.index === 'number' ? payload.index : 0;
    this.#hasContent = true;
    if (type === 'content_block_stop') return blocks.stop(index);
    if (type === 'content_block_start') return isFields(payload.content_block) ? blocks.start(index, payload.content_block) : [];
    return isFields(payload.delta) ? blocks.delta(index, payload.delta) : [];
  }

  #readDelta(payload: Fields): ChatEvent[] {
    this.#begun();
    const delta = isFields(payload.delta) ? payload.delta : {};
    this.#stopReason = delta.stop_reason ?? this.#stopReason;
    this.#stopSequence = delta.stop_sequence ?? this.#stopSequence;
    return this.#tellUsage(payload.usage, decodeUsage);
  }

  #stopMessage(): ChatEvent[] {
    const blocks = this.#begun();
    this.#ended = true;
    const reason = decodeStopReason(this.#stopReason, blocks.hasCalls);
    const stopSequence = typeof this.#stopSequence === 'string' ? { stopSequence: this.#stopSequence } : {};
    return [...blocks.stopAll(), { type: 'finish', reason, ...stopSequence }];
  }

  #tellUsage(raw: unknown, decode: typeof decodeUsage): ChatEvent[] {
    this.#usage = mergeUsage(this.#usage, raw);
    const usage = decode(this.#usage);
    return usage === null ? [] : [{ type: 'usage', usage, raw: this.#usage }];
  }

  #begun(): BlockDecoder {
    if (this.#blocks) return this.#blocks;
    throw new GatewayError('upstream-protocol', "the provider's answer has no beginning");
  }
}

/** An event named `error` is one, whatever shape its data have. */
function parsePayload(data: string, event: string | null): Fields {
  const payload = parse(data);
  if (event === 'error' && (!isFields(payload) || !errorIn(payload))) throw upstreamFailure(payload ?? data);
  if (isFields(payload)) return payload;
  throw new GatewayError('upstream-protocol', 'the provider sent an event that is no JSON object');
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}
