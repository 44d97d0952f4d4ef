/** Reads one choice of a chat answer, piece by piece or whole: a delta and a message differ only in how much they hold. */
import type { ChatEvent, FinishReason } from '../../../../chat/event.ts';
import { type Fields, isFields } from '../../../json/fields.ts';
import type { ChoiceDecoder } from '../../chunk-decoder.ts';
import { decodeFinish } from '../../finish-reasons.ts';
import { dialectName } from '../abilities.ts';
import { decodeAnnotations, decodeLogprobs, decodeSources } from '../request/decode-extras.ts';
import { decodeThinkingPart, plainReasoning, readDetails } from '../request/decode-reasoning.ts';
import { ToolCallDecoder } from './tool-call-decoder.ts';

export function createChatChoiceDecoder(index: number, answerId: string): ChoiceDecoder {
  return new ChatChoiceDecoder(index, answerId);
}

class ChatChoiceDecoder implements ChoiceDecoder {
  readonly #of: { readonly choice?: number };
  readonly #calls: ToolCallDecoder;
  /** Citations come once, however often they are repeated. */
  readonly #cited = new Set<string>();
  #thinking = false;
  #finish: FinishReason | null = null;
  #sources: Fields = {};

  constructor(index: number, answerId: string) {
    this.#of = index === 0 ? {} : { choice: index };
    this.#calls = new ToolCallDecoder(index, answerId);
  }

  push(choice: Fields, chunk: Fields): readonly ChatEvent[] {
    const message = messageOf(choice);
    if (typeof choice.finish_reason === 'string' && choice.finish_reason !== '')
      this.#finish = decodeFinish(choice.finish_reason);
    if (isOnlyText(message) && !choice.logprobs && !hasSources(chunk)) return this.#text('text', message.content);
    this.#sources = { ...this.#sources, ...sourcesOf(chunk) };
    const tokens = decodeLogprobs(choice.logprobs);
    return [
      ...this.#reasoning(message),
      ...this.#content(message.content),
      ...this.#text('refusal', message.refusal),
      ...this.#audio(message.audio),
      ...this.#citations(decodeAnnotations(message.annotations)),
      ...this.#pictures(message.images),
      ...this.#toolCalls(message),
      ...(tokens.length > 0 ? [{ type: 'logprobs' as const, tokens, ...this.#of }] : []),
    ];
  }

  /** Providers that are made to call a tool say `stop` all the same. */
  close(): readonly ChatEvent[] {
    const reason = this.#finish ?? 'stop';
    const called = this.#calls.count > 0 && reason === 'stop';
    return [
      ...this.#endThinking(),
      ...this.#calls.close(),
      ...this.#citations(decodeSources(this.#sources)),
      { type: 'finish', reason: called ? 'tool-calls' : reason, ...this.#of },
    ];
  }

  #reasoning(message: Fields): readonly ChatEvent[] {
    const plain = plainReasoning(message);
    const details = readDetails(message.reasoning_details);
    const events = [...this.#think(plain === '' ? details.map(({ text }) => text).join('') : plain)];
    for (const { seal, redacted } of details) {
      if (seal === null) continue;
      if (redacted) events.push(...this.#endThinking());
      this.#thinking = false;
      events.push({ type: 'reasoning-end', seal, redacted, ...this.#of });
    }
    return events;
  }

  #think(text: string): readonly ChatEvent[] {
    if (text === '') return [];
    this.#thinking = true;
    return [{ type: 'reasoning', text, ...this.#of }];
  }

  #endThinking(): readonly ChatEvent[] {
    if (!this.#thinking) return [];
    this.#thinking = false;
    return [{ type: 'reasoning-end', seal: null, redacted: false, ...this.#of }];
  }

  #content(content: unknown): readonly ChatEvent[] {
    if (!Array.isArray(content)) return this.#text('text', content);
    return content.filter(isFields).flatMap((part) => this.#part(part));
  }

  #part(part: Fields): readonly ChatEvent[] {
    if (part.type === 'text') return this.#text('text', part.text);
    if (part.type === 'thinking') return this.#think(decodeThinkingPart(part.thinking).text);
    if (part.type === 'refusal') return this.#text('refusal', part.refusal);
    if (part.type === 'image_url') return this.#pictures([part]);
    return [{ type: 'native', dialect: dialectName, name: String(part.type) }];
  }

  #text(type: 'text' | 'refusal', text: unknown): readonly ChatEvent[] {
    if (typeof text !== 'string' || text === '') return [];
    const event: ChatEvent = { type, text, ...this.#of };
    return this.#thinking ? [...this.#endThinking(), event] : [event];
  }

  /** What was spoken, in words. The sound itself comes in pieces of a form that only the request tells. */
  #audio(audio: unknown): readonly ChatEvent[] {
    if (!isFields(audio)) return [];
    const sound: readonly ChatEvent[] = audio.data ? [{ type: 'native', dialect: dialectName, name: 'audio' }] : [];
    return [...this.#text('text', audio.transcript), ...sound];
  }

  #citations(citations: ReturnType<typeof decodeAnnotations>): readonly ChatEvent[] {
    return citations.flatMap((citation) => {
      const key = JSON.stringify(citation);
      if (this.#cited.has(key)) return [];
      this.#cited.add(key);
      return [{ type: 'citation' as const, citation, ...this.#of }];
    });
  }

  #pictures(images: unknown): readonly ChatEvent[] {
    if (!Array.isArray(images)) return [];
    return images.filter(isFields).flatMap((image) => this.#picture(image.image_url));
  }

  #picture(image: unknown): readonly ChatEvent[] {
    const url = isFields(image) ? image.url : image;
    const [, mediaType, data] = (typeof url === 'string' && /^data:([^;,]+);base64,(.+)$/s.exec(url)) || [];
    if (mediaType === undefined || data === undefined) return [{ type: 'native', dialect: dialectName, name: 'image' }];
    return [...this.#endThinking(), { type: 'media', mediaType, data, ...this.#of }];
  }

  #toolCalls(message: Fields): readonly ChatEvent[] {
    const events = this.#calls.push(message);
    return events.length > 0 ? [...this.#endThinking(), ...events] : [];
  }
}

/** Perplexity sends the whole message beside each delta. */
function messageOf({ delta, message }: Fields): Fields {
  if (isFields(delta)) return delta;
  return isFields(message) ? message : {};
}

/** As nearly every piece of a stream is: what else may stand in one need not be looked for. */
function isOnlyText(message: Fields): boolean {
  for (const name in message) if (name !== 'content' && name !== 'role' && message[name] !== null) return false;
  return typeof message.content === 'string';
}

const hasSources = ({ citations, search_results: results }: Fields): boolean =>
  Array.isArray(citations) || Array.isArray(results);

/** Perplexity's, on every chunk. */
function sourcesOf({ citations, search_results: results }: Fields): Fields {
  return { ...(Array.isArray(citations) ? { citations } : {}), ...(Array.isArray(results) ? { results } : {}) };
}
