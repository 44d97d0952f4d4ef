/** Writes one candidate of an answer, piece by piece: https://ai.google.dev/api/generate-content#Candidate */
import type { ChatEvent, Citation, FinishReason, TokenLogprob, ToolStartEvent } from '../../../chat/event.ts';
import type { FidelityNotes } from '../../../chat/fidelity.ts';
import type { Seal } from '../../../chat/seal.ts';
import { isFields } from '../../json/fields.ts';
import { encodeCitations } from './encode-citations.ts';
import { encodeFinish } from '../finish-reasons.ts';
import { writeSignature } from '../signature.ts';
import type { Part } from '../wire.ts';

export type CandidateEvent = Exclude<ChatEvent, { type: 'start' | 'usage' | 'native' }>;

/** A call is held back until it is whole: Gemini has no partial arguments. */
interface HeldCall {
  readonly start: ToolStartEvent;
  input: string;
}

export class CandidateEncoder {
  readonly #index: number;
  readonly #notes: FidelityNotes;
  readonly #showsThoughts: boolean;
  readonly #held = new Map<number, HeldCall>();
  readonly #citations: Citation[] = [];
  readonly #logprobs: TokenLogprob[] = [];
  /** A foreign seal of reasoning: it travels on the next call, as Gemini's own do, because clients drop thoughts. */
  #waitingSeal: string | null = null;
  #text = '';
  #refused = false;
  #malformed: string | null = null;
  #reason: FinishReason | null = null;

  constructor(index: number, notes: FidelityNotes, showsThoughts: boolean) {
    this.#index = index;
    this.#notes = notes;
    this.#showsThoughts = showsThoughts;
  }

  get finished(): boolean {
    return this.#reason !== null;
  }

  /** The parts that this event makes. */
  push(event: CandidateEvent): Part[] {
    switch (event.type) {
      case 'text':
        return this.#words(event.text);
      case 'refusal':
        this.#refused = true;
        return this.#words(event.text);
      case 'reasoning':
        return event.text === '' ? [] : this.#thought(event.text);
      case 'reasoning-end':
        return event.seal === null ? [] : this.#sealReasoning(event.seal, event.redacted);
      case 'text-seal':
        return [{ text: '', thoughtSignature: writeSignature(event.seal) }];
      case 'media':
        return [{ inlineData: { mimeType: event.mediaType, data: event.data } }];
      case 'citation':
        this.#citations.push(event.citation);
        return [];
      case 'logprobs':
        this.#logprobs.push(...event.tokens);
        return [];
      case 'finish':
        return this.#finish(event.reason, event.stopSequence);
      default:
        return this.#call(event);
    }
  }

  /** The last piece: what is left, and why it ended. */
  end() {
    const rest = [...this.#release(), ...this.#waiting()];
    const malformed = this.#malformed !== null && this.#reason !== 'length';
    return {
      content: { parts: rest.length === 0 ? [{ text: '' }] : rest, role: 'model' },
      finishReason: malformed ? 'MALFORMED_FUNCTION_CALL' : this.#finishWord(),
      ...(malformed ? { finishMessage: this.#malformed } : {}),
      index: this.#index,
      ...(this.#citations.length === 0 ? {} : { groundingMetadata: encodeCitations(this.#citations, this.#text) }),
      ...(this.#logprobs.length === 0 ? {} : encodeLogprobs(this.#logprobs)),
    };
  }

  /** A refusal is words here; that it is one, its finish tells. */
  #finishWord(): string {
    const reason = this.#reason ?? 'error';
    return this.#refused && reason === 'stop' ? encodeFinish('content-filter') : encodeFinish(reason);
  }

  #words(text: string): Part[] {
    this.#text += text;
    return text === '' ? [] : [{ text }];
  }

  /** A seal that waits belongs to the thoughts before these. */
  #thought(text: string): Part[] {
    const shown: Part[] = this.#showsThoughts ? [{ text, thought: true }] : [];
    return [...this.#waiting(), ...shown];
  }

  #sealReasoning(seal: Seal, redacted: boolean): Part[] {
    const before = this.#waiting();
    const signature = writeSignature(seal, redacted);
    if (seal.maker === 'gemini') return [...before, { text: '', thought: true, thoughtSignature: signature }];
    this.#waitingSeal = signature;
    return before;
  }

  /** Seals that no call takes along stand on a thought without words. */
  #waiting(): Part[] {
    if (this.#waitingSeal === null) return [];
    const part: Part = { text: '', thought: true, thoughtSignature: this.#waitingSeal };
    this.#waitingSeal = null;
    return [part];
  }

  #finish(reason: FinishReason, stopSequence: string | undefined): Part[] {
    this.#reason = reason;
    if (stopSequence !== undefined) this.#notes.drop('stop_sequence', 'Gemini does not say which one ended the answer');
    return this.#release();
  }

  #call(event: Extract<CandidateEvent, { type: 'tool-start' | 'tool-input' | 'tool-end' }>): Part[] {
    const { index } = event;
    if (event.type === 'tool-end') return this.#complete(index);
    if (event.type === 'tool-start') {
      const before = this.#complete(index);
      this.#held.set(index, { start: event, input: '' });
      return before;
    }
    const call = this.#held.get(index);
    if (call) call.input += event.text;
    return [];
  }

  /** Calls of which nobody said that they are whole. */
  #release(): Part[] {
    return [...this.#held.keys()].flatMap((index) => this.#complete(index));
  }

  #complete(index: number): Part[] {
    const call = this.#held.get(index);
    if (!call) return [];
    this.#held.delete(index);
    const { start, input } = call;
    const args = start.kind === 'custom' ? { input } : readArguments(input);
    if (args === null) return this.#dropCall(start.name, input);
    const functionCall = {
      id: start.id,
      name: start.namespace === undefined ? start.name : `${start.namespace}__${start.name}`,
      args,
    };
    if (start.seal) return [...this.#waiting(), { functionCall, thoughtSignature: writeSignature(start.seal) }];
    const waiting = this.#waitingSeal;
    this.#waitingSeal = null;
    return [waiting === null ? { functionCall } : { functionCall, thoughtSignature: waiting }];
  }

  #dropCall(name: string, input: string): Part[] {
    this.#malformed ??= `Malformed function call: ${name}(${input.slice(0, 1000)})`;
    this.#notes.drop('tool_calls.*.input', 'it is no JSON object, and Gemini can say nothing else');
    return [];
  }
}

function readArguments(input: string): Readonly<Record<string, unknown>> | null {
  if (input.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(input);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}

function encodeLogprobs(tokens: readonly TokenLogprob[]) {
  const sum = tokens.reduce((total, { logprob }) => total + logprob, 0);
  return {
    avgLogprobs: sum / tokens.length,
    logprobsResult: {
      topCandidates: tokens.map(({ top }) => ({ candidates: top.map(encodeToken) })),
      chosenCandidates: tokens.map(encodeToken),
    },
  };
}

function encodeToken({ token, logprob }: { readonly token: string; readonly logprob: number }) {
  return { token, logProbability: logprob };
}
