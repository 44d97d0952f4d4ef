/** Writes a streamed answer: as server-sent events (`alt=sse`), or as one JSON array that grows. */
import type { AnswerOptions, StreamEncoder } from '../../codec.ts';
import { AnswerEncoder } from './answer-encoder.ts';
import { encodeFrame } from '../encode-frame.ts';

export function createStreamEncoder(options: AnswerOptions): StreamEncoder {
  const answer = new AnswerEncoder(options);
  return {
    push(event) {
      const piece = answer.push(event);
      return piece === null ? '' : encodeFrame(piece);
    },
    end: () => encodeFrame(answer.end()),
  };
}

/** What `:streamGenerateContent` without `alt=sse` answers, as `application/json`. */
export function createArrayStreamEncoder(options: AnswerOptions): StreamEncoder {
  const answer = new AnswerEncoder(options);
  let opening = '[';
  const element = (piece: unknown): string => {
    const text = `${opening}${JSON.stringify(piece)}`;
    opening = '\n,\n';
    return text;
  };
  return {
    push(event) {
      const piece = answer.push(event);
      return piece === null ? '' : element(piece);
    },
    end: () => `${element(answer.end())}\n]`,
  };
}
