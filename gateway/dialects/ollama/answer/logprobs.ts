/** Token probabilities as Ollama writes them: OpenAI's, with the bytes of each token. */
import type { TokenLogprob } from '../../../chat/event.ts';
import { type Fields, isFields } from '../../json/fields.ts';

export function encodeLogprobs(tokens: readonly TokenLogprob[]): readonly Fields[] {
  return tokens.map(({ token, logprob, top }) => ({
    ...encodeToken(token, logprob),
    ...(top.length > 0 && { top_logprobs: top.map((other) => encodeToken(other.token, other.logprob)) }),
  }));
}

function encodeToken(token: string, logprob: number): Fields {
  return { token, logprob, bytes: [...Buffer.from(token)] };
}

export function decodeLogprobs(value: unknown): readonly TokenLogprob[] {
  return readTokens(value).map((each) => ({ ...decodeToken(each), top: readTokens(each['top_logprobs']).map(decodeToken) }));
}

function readTokens(value: unknown): readonly Fields[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list.filter(isFields).filter(({ token, logprob }) => typeof token === 'string' && typeof logprob === 'number');
}

function decodeToken({ token, logprob }: Fields) {
  return { token: String(token), logprob: Number(logprob) };
}
