/** The thread that counts tokens with the tokenizer itself: one request after the other, away from everybody who waits. */
import { parentPort } from 'node:worker_threads';
import type { RequestPlace } from './dialects/codec.ts';
import { dialects } from './dialects/index.ts';
import {
  type CountText,
  countChat,
  countEmbeddings,
  type Encoding,
  type ExactCount,
  loadEncoding,
} from './money/tokens/exact-tokens.ts';

/** What the handle asks. */
export interface TokenQuestion {
  readonly encoding: Encoding;
  /** The format of the body: one that has a codec. */
  readonly dialect: string;
  readonly place: RequestPlace;
  readonly body: Uint8Array;
}

/** Null: this request cannot be counted. */
export type TokenAnswer = ExactCount | null;

const loaded = new Map<Encoding, Promise<CountText>>();

async function answer({ encoding, dialect, place, body }: TokenQuestion): Promise<TokenAnswer> {
  const loading = loaded.get(encoding) ?? loadEncoding(encoding);
  loaded.set(encoding, loading);
  const count = await loading;
  const codecs = dialects.get(dialect);
  const parsed: unknown = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
  if (codecs?.chat)
    return countChat(codecs.chat.decodeRequest(completed(parsed), place), count, dialect !== 'openai-completions');
  return codecs?.embeddings ? countEmbeddings(codecs.embeddings.decodeRequest(parsed, place), count) : null;
}

/** Who only asks for a count need not say what Anthropic wants to be told for an answer. */
function completed(body: unknown): unknown {
  return typeof body === 'object' && body !== null ? { max_tokens: 1, ...body } : body;
}

parentPort?.on('message', (question: TokenQuestion) => {
  answer(question)
    // What its provider would refuse has no count.
    .catch(() => null)
    .then((counted) => parentPort?.postMessage(counted))
    .catch(() => undefined);
});
