/** Images, sound, moderations and rerank: endpoints whose requests and answers pass through as they are. */
import type { Dialect, EndpointDialectName, EndpointFacts, RequestForm } from '../../dialect.ts';
import { passthroughReader, type StreamWish } from '../../json/passthrough-request.ts';
import { readFormRequest } from '../../multipart/passthrough-form.ts';
import { encodeError, encodeStreamError } from '../encode-error.ts';
import { readWholeEndpointAnswer } from './read-whole.ts';
import { createEndpointStreamReader } from './stream-reader.ts';

interface Row {
  readonly name: EndpointDialectName;
  readonly requests: readonly RequestForm[];
  /** How a request in JSON asks for a stream. */
  readonly streamWish: StreamWish;
  readonly answers: EndpointFacts['answers'];
}

/** https://platform.openai.com/docs/api-reference, and for `rerank` https://docs.cohere.com/reference/rerank */
const table: readonly Row[] = [
  { name: 'images/generations', requests: ['json'], streamWish: 'field', answers: 'json' },
  // Images to be changed come as files in a form, or in JSON by their address or id.
  { name: 'images/edits', requests: ['multipart', 'json'], streamWish: 'field', answers: 'json' },
  { name: 'images/variations', requests: ['multipart'], streamWish: 'never', answers: 'json' },
  { name: 'audio/speech', requests: ['json'], streamWish: 'format', answers: 'any' },
  { name: 'audio/transcriptions', requests: ['multipart'], streamWish: 'never', answers: 'any' },
  { name: 'audio/translations', requests: ['multipart'], streamWish: 'never', answers: 'any' },
  { name: 'moderations', requests: ['json'], streamWish: 'never', answers: 'json' },
  { name: 'rerank', requests: ['json'], streamWish: 'never', answers: 'json' },
];

export const openAiEndpoints: readonly Dialect[] = table.map(endpointDialect);

function endpointDialect({ name, requests, streamWish, answers }: Row): Dialect {
  const readJson = passthroughReader(streamWish);
  return {
    name,
    framing: 'sse',
    headers: { always: [], passed: ['openai-beta'] },
    endpoint: { requests, answers },
    upstreamPath: () => `/${name}`,
    readRequest: (pieces, place, contentType) =>
      isForm(requests, contentType) ? readFormRequest(pieces, contentType) : readJson(pieces, place),
    createStreamReader: createEndpointStreamReader,
    readWhole: readWholeEndpointAnswer,
    measureAnswer: () => null,
    encodeError,
    encodeStreamError,
    chat: null,
    embeddings: null,
  };
}

function isForm(requests: readonly RequestForm[], contentType: string | undefined): boolean {
  return !requests.includes('json') || (requests.includes('multipart') && /^multipart\//i.test(contentType ?? ''));
}
