/** Reads the answers of the legacy `POST /completions`, streamed and whole. */
import type { ChatEvent, FinishReason, TokenLogprob } from '../../../chat/event.ts';
import type { StreamDecoder } from '../../codec.ts';
import { type Fields, isFields } from '../../json/fields.ts';
import { type ChoiceDecoder, createChunkDecoder, decodeWholeAnswer } from '../chunk-decoder.ts';
import { decodeFinish } from '../finish-reasons.ts';

export function createCompletionStreamDecoder(): StreamDecoder {
  return createChunkDecoder(createChoiceDecoder);
}

/** @throws GatewayError `upstream-failed` for an error in a good answer's place, `upstream-protocol` when it is no answer */
export function decodeCompletionAnswer(body: unknown): readonly ChatEvent[] {
  return decodeWholeAnswer(body, createChoiceDecoder);
}

function createChoiceDecoder(index: number): ChoiceDecoder {
  const of = index === 0 ? {} : { choice: index };
  let finish: FinishReason = 'stop';
  return {
    push({ text, finish_reason: reason, logprobs }) {
      if (typeof reason === 'string' && reason !== '') finish = decodeFinish(reason);
      const tokens = decodeLogprobs(logprobs);
      return [
        ...(typeof text === 'string' && text !== '' ? [{ type: 'text' as const, text, ...of }] : []),
        ...(tokens.length > 0 ? [{ type: 'logprobs' as const, tokens, ...of }] : []),
      ];
    },
    close: () => [{ type: 'finish', reason: finish, ...of }],
  };
}

/** Parallel lists; the alternatives of each token are an object of their probabilities. */
function decodeLogprobs(logprobs: unknown): readonly TokenLogprob[] {
  const { tokens, token_logprobs: values, top_logprobs: tops } = isFields(logprobs) ? logprobs : {};
  if (!Array.isArray(tokens) || !Array.isArray(values)) return [];
  return tokens.flatMap((token: unknown, index) => {
    const logprob: unknown = values[index];
    if (typeof token !== 'string' || typeof logprob !== 'number') return [];
    return [{ token, logprob, top: decodeTop(Array.isArray(tops) ? tops[index] : null) }];
  });
}

function decodeTop(top: unknown): TokenLogprob['top'] {
  const entries = Object.entries(isFields(top) ? top : ({} satisfies Fields));
  return entries.flatMap(([token, logprob]) => (typeof logprob === 'number' ? [{ token, logprob }] : []));
}
