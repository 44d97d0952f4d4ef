/** Writes the streamed answer of `POST /chat/completions`, frame by frame as OpenAI does. */
import type { ChatEvent } from '../../../chat/event.ts';
import type { Usage } from '../../../chat/usage.ts';
import { unfinishedAnswer } from '../../../chat/collect-answer.ts';
import { encodeFinish } from '../encode-finish.ts';
import { doneFrame, encodeFrame } from '../encode-frame.ts';
import { encodeUsage } from '../usage.ts';

export interface StreamEncoderOptions {
  /** Did the client ask for usage? Then it comes in a last chunk, and every other chunk says `usage: null`. */
  readonly includeUsage: boolean;
}

export interface StreamEncoder {
  /** The frames this event makes, often none or one. */
  push(event: ChatEvent): string[];
  /** The closing frames. @throws GatewayError `upstream-truncated` when no finish came: that stream must not look complete */
  end(): string[];
}

type Delta = Readonly<Record<string, unknown>>;

export function createChatStreamEncoder({ includeUsage }: StreamEncoderOptions): StreamEncoder {
  let head = {
    id: '',
    object: 'chat.completion.chunk',
    created: 0,
    model: '',
    service_tier: 'default',
    system_fingerprint: null,
  };
  let usage: Usage | null = null;
  let opened = false;
  let finished = false;
  const noUsage = includeUsage ? { usage: null } : {};

  function chunk(delta: Delta, finishReason: string | null = null): string {
    return encodeFrame({ ...head, choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }], ...noUsage });
  }

  /** The role comes in a chunk of its own before anything else, its content null when a tool call follows. */
  function open(content: '' | null): string[] {
    if (opened) return [];
    opened = true;
    return [chunk({ role: 'assistant', content, refusal: null })];
  }

  function push(event: ChatEvent): string[] {
    switch (event.type) {
      case 'start':
        head = { ...head, id: event.id, created: event.createdAtSeconds, model: event.model };
        return [];
      case 'usage':
        ({ usage } = event);
        return [];
      case 'finish':
        finished = true;
        return [...open(''), chunk({}, encodeFinish(event.reason))];
      case 'text':
        return [...open(''), chunk({ content: event.text })];
      default:
        return [...open(null), chunk(toolDelta(event))];
    }
  }

  function end(): string[] {
    if (!finished) throw unfinishedAnswer();
    const encoded = includeUsage ? encodeUsage(usage) : null;
    return encoded ? [encodeFrame({ ...head, choices: [], usage: encoded }), doneFrame] : [doneFrame];
  }

  return { push, end };
}

/** Id and name come once, with empty arguments; then the arguments piece by piece. */
function toolDelta(event: Extract<ChatEvent, { type: 'tool-start' | 'tool-input' }>): Delta {
  const { index } = event;
  if (event.type === 'tool-input') return { tool_calls: [{ index, function: { arguments: event.json } }] };
  return { tool_calls: [{ index, id: event.id, type: 'function', function: { name: event.name, arguments: '' } }] };
}
