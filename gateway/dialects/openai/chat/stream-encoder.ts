/** Writes the streamed answer of `POST /chat/completions`, frame by frame as OpenAI does. */
import { unfinishedAnswer } from '../../../chat/collect-answer.ts';
import type { ChatEvent } from '../../../chat/event.ts';
import type { Usage } from '../../../chat/usage.ts';
import type { AnswerOptions, StreamEncoder } from '../../codec.ts';
import { doneFrame, encodeFrame } from '../encode-frame.ts';
import { encodeFinish } from '../finish-reasons.ts';
import { encodeUsage } from '../usage.ts';
import { noteSeal } from './encode-answer.ts';
import { encodeCall, encodeCitation, encodeLogprobs, encodePicture } from './encode-parts.ts';

type Delta = Readonly<Record<string, unknown>>;
type StartEvent = Extract<ChatEvent, { type: 'start' }>;
type ContentEvent = Exclude<ChatEvent, { type: 'start' | 'usage' | 'native' }>;

/** When the client asked for usage it comes in a last chunk, and every other chunk says `usage: null`. */
export function createChatStreamEncoder({ request, notes }: Pick<AnswerOptions, 'request' | 'notes'>): StreamEncoder {
  const noUsage = request.streamUsage ? { usage: null } : {};
  const choices = new Map<number, ChoiceEncoder>();
  let head: ReturnType<typeof encodeHead> | null = null;
  let usage: Usage | null = null;

  const encodeChunk = (choice: object): string => encodeFrame({ ...head, choices: [choice], ...noUsage });

  function pushContent(event: ContentEvent): string {
    const index = event.choice ?? 0;
    const choice = choices.get(index) ?? new ChoiceEncoder(index, notes);
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
  readonly #notes: AnswerOptions['notes'];
  readonly #kinds = new Map<number, 'function' | 'custom'>();
  #opened = false;
  #thoughts: 'none' | 'open' | 'over' = 'none';

  constructor(index: number, notes: AnswerOptions['notes']) {
    this.#index = index;
    this.#notes = notes;
  }

  push(event: ContentEvent): readonly object[] {
    if (this.#thoughts === 'open' && !insideThoughts.has(event.type)) this.#thoughts = 'over';
    if (event.type === 'logprobs') return [...this.#open(''), { ...this.#choice({}), logprobs: encodeLogprobs(event.tokens) }];
    if (event.type === 'finish') {
      this.finished = true;
      return [...this.#open(''), this.#choice({}, encodeFinish(event.reason))];
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
        this.#kinds.set(event.index, event.kind);
        return { tool_calls: [{ index: event.index, ...encodeCall(event, '') }] };
      case 'tool-input':
        return { tool_calls: [this.#input(event.index, event.text)] };
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

  /** Id and name came once, with empty input; now the input piece by piece. */
  #input(index: number, text: string) {
    return this.#kinds.get(index) === 'custom' ? { index, custom: { input: text } } : { index, function: { arguments: text } };
  }
}

function listOf(name: string, item: object | null): Delta | null {
  return item === null ? null : { [name]: [item] };
}
