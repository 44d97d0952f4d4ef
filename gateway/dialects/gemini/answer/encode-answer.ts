/** Writes a whole answer: the pieces of a streamed one, put together. */
import type { ChatEvent } from '../../../chat/event.ts';
import type { AnswerOptions } from '../../codec.ts';
import { AnswerEncoder, type AnswerPiece, type EncodedCandidate } from './answer-encoder.ts';
import type { Part } from '../wire.ts';

/** @throws GatewayError `upstream-truncated` when the events lack their start or a finish */
export function encodeAnswer(events: Iterable<ChatEvent>, options: AnswerOptions): AnswerPiece {
  const answer = new AnswerEncoder(options);
  const pieces: AnswerPiece[] = [];
  for (const event of events) {
    const piece = answer.push(event);
    if (piece) pieces.push(piece);
  }
  const last = answer.end();
  return { ...last, candidates: last.candidates.map((candidate) => gather(candidate, [...pieces, last])) };
}

function gather(last: EncodedCandidate, pieces: readonly AnswerPiece[]): EncodedCandidate {
  const own = pieces.flatMap(({ candidates }) => candidates.filter(({ index }) => index === last.index));
  const parts = joinParts(own.flatMap(({ content }) => content.parts));
  return { ...last, content: { parts: parts.length === 0 ? [{ text: '' }] : parts, role: 'model' } };
}

/** Pieces of one passage become one part, with the signature that closes it. */
function joinParts(parts: readonly Part[]): Part[] {
  const joined: Part[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    const isPassage = last?.text !== undefined && last.thoughtSignature === undefined;
    if (isPassage && part.text !== undefined && last.thought === part.thought) {
      joined[joined.length - 1] = { ...last, ...part, text: last.text + part.text };
    } else if (part.text !== '' || part.thoughtSignature !== undefined) {
      joined.push(part);
    }
  }
  return joined;
}
