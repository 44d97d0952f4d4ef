/** Reads one candidate of an answer, piece by piece: https://ai.google.dev/api/generate-content#Candidate */
import type { ChatEvent, Citation, TokenLogprob } from '../../../chat/event.ts';
import type { Seal } from '../../../chat/seal.ts';
import { type Fields, isFields } from '../../json/fields.ts';
import { decodeCitations } from './decode-citations.ts';
import { decodeFinish } from '../finish-reasons.ts';
import { PartialArguments } from './partial-arguments.ts';

/** A call whose arguments come in pieces. */
interface OpenCall {
  readonly index: number;
  readonly gathered: PartialArguments;
}

export class CandidateDecoder {
  readonly #choice: { readonly choice?: number };
  readonly #makeCallId: () => string;
  readonly #cited = new Set<string>();
  #calls = 0;
  #open: OpenCall | null = null;
  #text = '';
  #finish: string | null = null;

  /** @param makeCallId for calls that come without an id, as Gemini's mostly do */
  constructor(index: number, makeCallId: () => string) {
    this.#choice = index === 0 ? {} : { choice: index };
    this.#makeCallId = makeCallId;
  }

  get finished(): boolean {
    return this.#finish !== null;
  }

  push(candidate: Fields): ChatEvent[] {
    const { content, finishReason } = candidate;
    const parts: readonly unknown[] = isFields(content) && Array.isArray(content['parts']) ? content['parts'] : [];
    const events = parts.flatMap((part) => (isFields(part) ? this.#part(part) : []));
    events.push(...this.#citations(candidate), ...this.#logprobs(candidate['logprobsResult']));
    if (typeof finishReason === 'string' && finishReason !== '' && finishReason !== 'FINISH_REASON_UNSPECIFIED')
      this.end(finishReason);
    return events;
  }

  /** Early models repeat their reason in every chunk: only the last one says how it ended. */
  end(finishReason: string): void {
    this.#finish = finishReason;
  }

  /** What is to be said when the stream is over. */
  close(): ChatEvent[] {
    const reason = decodeFinish(this.#finish ?? 'OTHER', this.#calls > 0);
    return [...this.#closeCall(), { type: 'finish', reason, ...this.#choice }];
  }

  #part(part: Fields): ChatEvent[] {
    const { functionCall, inlineData, text } = part;
    const seal = sealOf(part['thoughtSignature']);
    if (isFields(functionCall)) return this.#call(functionCall, seal);
    const closing = this.#closeCall();
    if (isFields(inlineData)) return [...closing, ...this.#media(inlineData, part)];
    if (typeof text === 'string') return [...closing, ...this.#words(text, part['thought'] === true, seal)];
    const name = Object.keys(part).find((key) => isFields(part[key]));
    if (name !== undefined) return [...closing, { type: 'native', dialect: 'gemini', name }];
    return seal ? [...closing, { type: 'text-seal', seal, ...this.#choice }] : closing;
  }

  #words(text: string, isThought: boolean, seal: Seal | null): ChatEvent[] {
    const events: ChatEvent[] = [];
    if (text !== '') events.push({ type: isThought ? 'reasoning' : 'text', text, ...this.#choice });
    if (!isThought) this.#text += text;
    if (seal) {
      events.push(
        isThought
          ? { type: 'reasoning-end', seal, redacted: false, ...this.#choice }
          : { type: 'text-seal', seal, ...this.#choice },
      );
    }
    return events;
  }

  /** Pictures among the thoughts are drafts: of them there is no word. */
  #media({ mimeType, data }: Fields, part: Fields): ChatEvent[] {
    if (part['thought'] === true || typeof data !== 'string') return [{ type: 'native', dialect: 'gemini', name: 'inlineData' }];
    const mediaType = typeof mimeType === 'string' ? mimeType : 'application/octet-stream';
    return [{ type: 'media', mediaType, data, ...this.#choice }];
  }

  /** A name begins a call; without one it goes on with the call that is open. */
  #call(call: Fields, seal: Seal | null): ChatEvent[] {
    const { name, args, id, partialArgs, willContinue } = call;
    const events: ChatEvent[] = [];
    if (typeof name === 'string' && name !== '') {
      events.push(...this.#closeCall());
      const index = this.#calls;
      this.#calls += 1;
      const callId = typeof id === 'string' && id !== '' ? id : this.#makeCallId();
      events.push({ type: 'tool-start', index, id: callId, name, kind: 'function', ...(seal ? { seal } : {}), ...this.#choice });
      this.#open = { index, gathered: new PartialArguments(isFields(args) ? args : {}) };
    }
    if (Array.isArray(partialArgs)) for (const piece of partialArgs) if (isFields(piece)) this.#open?.gathered.add(piece);
    if (willContinue !== true) events.push(...this.#closeCall());
    return events;
  }

  #closeCall(): ChatEvent[] {
    if (this.#open === null) return [];
    const { index, gathered } = this.#open;
    this.#open = null;
    return [
      { type: 'tool-input', index, text: gathered.json(), ...this.#choice },
      { type: 'tool-end', index, ...this.#choice },
    ];
  }

  /** Chunks repeat what earlier ones said of the sources. */
  #citations(candidate: Fields): ChatEvent[] {
    return decodeCitations(candidate, this.#text).flatMap((citation): ChatEvent[] => {
      const key = citationKey(citation);
      if (this.#cited.has(key)) return [];
      this.#cited.add(key);
      return [{ type: 'citation', citation, ...this.#choice }];
    });
  }

  #logprobs(result: unknown): ChatEvent[] {
    const tokens = isFields(result) ? decodeLogprobs(result) : [];
    return tokens.length === 0 ? [] : [{ type: 'logprobs', tokens, ...this.#choice }];
  }
}

function sealOf(signature: unknown): Seal | null {
  return typeof signature === 'string' && signature !== '' ? { maker: 'gemini', data: signature } : null;
}

function citationKey({ url, title, quote, start, end }: Citation): string {
  return JSON.stringify([url, title, quote, start, end]);
}

/** `chosenCandidates` holds what was written, `topCandidates` what might have been, in step. */
function decodeLogprobs({ chosenCandidates, topCandidates }: Fields): TokenLogprob[] {
  const tops: readonly unknown[] = Array.isArray(topCandidates) ? topCandidates : [];
  const chosen: readonly unknown[] = Array.isArray(chosenCandidates) ? chosenCandidates : [];
  return chosen.flatMap((each, index) => {
    const top = tops[index];
    const others: readonly unknown[] = isFields(top) && Array.isArray(top['candidates']) ? top['candidates'] : [];
    return tokenLogprob(each).map((token) => ({ ...token, top: others.flatMap(tokenLogprob) }));
  });
}

function tokenLogprob(value: unknown): { token: string; logprob: number }[] {
  if (!isFields(value) || typeof value['token'] !== 'string') return [];
  const { token, logProbability } = value;
  return [{ token, logprob: typeof logProbability === 'number' ? logProbability : 0 }];
}
