/** Writes the streamed answer of `POST /chat/completions`, frame by frame as OpenAI does. */
import { unfinishedAnswer } from '../../../../chat/collect-answer.ts';
import type { ChatEvent } from '../../../../chat/event.ts';
import type { Usage } from '../../../../chat/usage.ts';
import type { AnswerOptions, StreamEncoder } from '../../../codec.ts';
import { doneFrame, encodeFrame } from '../../encode-frame.ts';
import { encodeFinish, encodeLegacyFinish } from '../../finish-reasons.ts';
import { encodeUsage } from '../../usage.ts';
import { isLegacy } from '../request/decode-tools.ts';
import { noteSeal } from './encode-answer.ts';
import {
  encodeCall,
  encodeCitation,
  encodeLegacyCall,
  encodeLogprobs,
  encodePicture,
  noteLostCall,
} from '../request/encode-parts.ts';

type Delta = Readonly<Record<string, unknown>>;
type StartEvent = Extract<ChatEvent, { type: 'start' }>;
type CallEvent = Extract<ChatEvent, { type: 'tool-start' | 'tool-input' }>;
type ContentEvent = Exclude<ChatEvent, { type: 'start' | 'usage' | 'native' }>;

/** When the client asked for usage it comes in a last chunk, and every other chunk says `usage: null`. */
export function createChatStreamEncoder({ request, notes }: Pick<AnswerOptions, 'request' | 'notes'>): StreamEncoder {
  const noUsage = request.streamUsage ? { usage: null } : {};
  const legacy = isLegacy(request);
  const choices = new Map<number, ChoiceEncoder>();
  let head: ReturnType<typeof encodeHead> | null = null;
  let usage: Usage | null = null;

  const encodeChunk = (choice: object): string => encodeFrame({ ...head, choices: [choice], ...noUsage });

  function pushContent(event: ContentEvent): string {
    const index = event.choice ?? 0;
    const choice = choices.get(index) ?? new ChoiceEncoder(index, legacy, notes);
    choices.set(index, choice);
    return choice.push(event).map(encodeChunk).join('');
  }

  return {
    push(event) {
      if (event.type === 'start') head = encodeHead(event);
      else if (event.type === 'usage') ({ usage } = event);
      else if (event.type === 'native') notes.drop(`answer.${event.name}`, 'OpenAI chat has no word for it');
      else return pushContent(event);
      return '';
    },
    end() {
      if (head === null || choices.size === 0 || ![...choices.values()].every(({ finished }) => finished))
        throw unfinishedAnswer();
      const encoded = request.streamUsage ? encodeUsage(usage) : null;
      return encoded ? encodeFrame({ ...head, choices: [], usage: encoded }) + doneFrame : doneFrame;
    },
  };
}

function encodeHead({ id, createdAtSeconds, model, serviceTier = 'default' }: StartEvent) {
  const created = createdAtSeconds;
  return { id, object: 'chat.completion.chunk', created, model, service_tier: serviceTier, system_fingerprint: null };
}

/** What does not end a passage of thoughts. */
const insideThoughts: ReadonlySet<string> = new Set<ContentEvent['type']>(['reasoning', 'tool-input', 'tool-end', 'logprobs']);

/** Writes one of the answers. */
class ChoiceEncoder {
  finished = false;
  readonly #index: number;
  readonly #legacy: boolean;
  readonly #notes: AnswerOptions['notes'];
  readonly #kinds = new Map<number, 'function' | 'custom'>();
  #opened = false;
  #thoughts: 'none' | 'open' | 'over' = 'none';

  constructor(index: number, legacy: boolean, notes: AnswerOptions['notes']) {
    this.#index = index;
    this.#legacy = legacy;
    this.#notes = notes;
  }

  push(event: ContentEvent): readonly object[] {
    if (this.#thoughts === 'open' && !insideThoughts.has(event.type)) this.#thoughts = 'over';
    if (event.type === 'logprobs') return [...this.#open(''), { ...this.#choice({}), logprobs: encodeLogprobs(event.tokens) }];
    if (event.type === 'finish') {
      this.finished = true;
      const reason = this.#legacy ? encodeLegacyFinish(event.reason) : encodeFinish(event.reason);
      return [...this.#open(''), this.#choice({}, reason)];
    }
    const delta = this.#delta(event);
    return delta === null ? [] : [...this.#open(event.type === 'tool-start' ? null : ''), this.#choice(delta)];
  }

  /** The role comes in a chunk of its own before anything else, its content null when a tool call follows. */
  #open(content: '' | null): readonly object[] {
    if (this.#opened) return [];
    this.#opened = true;
    return [this.#choice({ role: 'assistant', content, refusal: null })];
  }

  #choice(delta: Delta, finishReason: string | null = null) {
    return { index: this.#index, delta, logprobs: null, finish_reason: finishReason };
  }

  /** @returns null for what makes no chunk */
  #delta(event: Exclude<ContentEvent, { type: 'logprobs' | 'finish' }>): Delta | null {
    switch (event.type) {
      case 'text':
        return { content: event.text };
      case 'refusal':
        return { refusal: event.text };
      case 'reasoning':
        return { reasoning_content: this.#thought(event.text) };
      case 'tool-start':
      case 'tool-input':
        return this.#legacy ? this.#legacyCall(event) : this.#call(event);
      case 'citation':
        return listOf('annotations', encodeCitation(event.citation, this.#notes));
      case 'media':
        return listOf('images', encodePicture(event, this.#notes));
      case 'tool-end':
        return null;
      default:
        noteSeal(event.seal, this.#notes);
        return null;
    }
  }

  /** A blank line parts one passage of thoughts from the next. */
  #thought(text: string): string {
    const gap = this.#thoughts === 'over' ? '\n\n' : '';
    this.#thoughts = 'open';
    return gap + text;
  }

  /** Id and name come once, with empty input; then the input piece by piece. */
  #call(event: CallEvent): Delta {
    const { index } = event;
    if (event.type === 'tool-start') {
      this.#kinds.set(index, event.kind);
      return { tool_calls: [{ index, ...encodeCall(event, '') }] };
    }
    const isCustom = this.#kinds.get(index) === 'custom';
    return { tool_calls: [isCustom ? { index, custom: { input: event.text } } : { index, function: { arguments: event.text } }] };
  }

  #legacyCall(event: CallEvent): Delta | null {
    if (event.index > 0) {
      if (event.type === 'tool-start') noteLostCall(event.index, this.#notes);
      return null;
    }
    return { function_call: event.type === 'tool-start' ? encodeLegacyCall(event, '') : { arguments: event.text } };
  }
}

function listOf(name: string, item: object | null): Delta | null {
  return item === null ? null : { [name]: [item] };
}
