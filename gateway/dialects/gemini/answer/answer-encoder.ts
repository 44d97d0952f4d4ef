/** Writes an answer as GenerateContentResponses, each a piece of it: https://ai.google.dev/api/generate-content#GenerateContentResponse */
import { unfinishedAnswer } from '../../../chat/collect-answer.ts';
import type { ChatEvent } from '../../../chat/event.ts';
import type { Usage } from '../../../chat/usage.ts';
import type { AnswerOptions } from '../../codec.ts';
import { CandidateEncoder, type CandidateEvent } from './candidate-encoder.ts';
import { encodeUsage, type UsageMetadata } from '../usage.ts';
import type { Part } from '../wire.ts';

export interface EncodedCandidate {
  readonly content: { readonly parts: readonly Part[]; readonly role: string };
  readonly finishReason?: string;
  readonly index: number;
}

export interface AnswerPiece {
  readonly candidates: readonly EncodedCandidate[];
  readonly usageMetadata?: UsageMetadata;
  readonly modelVersion: string;
  readonly responseId: string;
}

export class AnswerEncoder {
  readonly #options: AnswerOptions;
  readonly #candidates = new Map<number, CandidateEncoder>();
  #start: Extract<ChatEvent, { type: 'start' }> | null = null;
  #usage: Usage | null = null;

  constructor(options: AnswerOptions) {
    this.#options = options;
  }

  /** The piece that this event makes; null when it makes none yet. */
  push(event: ChatEvent): AnswerPiece | null {
    if (event.type === 'start') this.#start = event;
    else if (event.type === 'usage') this.#usage = event.usage;
    else if (event.type === 'native') this.#options.notes.drop(event.name, `only ${event.dialect} has a word for it`);
    else return this.#content(event);
    return null;
  }

  /** The last piece. @throws GatewayError `upstream-truncated` when the start or a finish is missing */
  end(): AnswerPiece {
    const candidates = [...this.#candidates].sort(([one], [other]) => one - other).map(([, candidate]) => candidate);
    if (this.#start === null || candidates.length === 0 || !candidates.every(({ finished }) => finished))
      throw unfinishedAnswer();
    return this.#piece(
      candidates.map((candidate) => candidate.end()),
      encodeUsage(this.#usage, this.#options.inputTokensEstimate),
    );
  }

  #content(event: CandidateEvent): AnswerPiece | null {
    const { choice: index = 0 } = event;
    const parts = this.#candidate(index).push(event);
    if (parts.length === 0) return null;
    const usage = this.#usage === null ? undefined : encodeUsage(this.#usage, this.#options.inputTokensEstimate);
    return this.#piece([{ content: { parts, role: 'model' }, index }], usage);
  }

  /** Who asks Gemini for thinking without asking for thoughts is shown none. */
  #candidate(index: number): CandidateEncoder {
    let candidate = this.#candidates.get(index);
    if (!candidate) {
      const { notes, request } = this.#options;
      this.#candidates.set(index, (candidate = new CandidateEncoder(index, notes, request.reasoning?.show !== false)));
    }
    return candidate;
  }

  #piece(candidates: readonly EncodedCandidate[], usageMetadata: UsageMetadata | undefined): AnswerPiece {
    const { request, id } = this.#options;
    return {
      candidates,
      ...(usageMetadata === undefined ? {} : { usageMetadata }),
      modelVersion: this.#start?.model || request.model,
      responseId: this.#start?.id || id,
    };
  }
}
