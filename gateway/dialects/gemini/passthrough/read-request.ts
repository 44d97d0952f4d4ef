/** Reads a Gemini request that passes through: what is Gemini's own way is added to what every JSON dialect does. */
import type { RequestPlace } from '../../codec.ts';
import type { PassthroughRequest } from '../../dialect.ts';
import { isFields } from '../../json/fields.ts';
import { passthroughReader } from '../../json/passthrough-request.ts';
import { modelName } from '../request/decode-request.ts';
import { contentWords } from '../request/words.ts';

const readPassing = passthroughReader('path', contentWords);

/** @throws GatewayError `bad-request` */
export function readContentRequest(pieces: readonly Buffer[], { model, stream }: RequestPlace): PassthroughRequest {
  return readPassing(pieces, { model: model === null ? null : modelName(model), stream: stream ?? false });
}

/** Requests for embeddings name the model in their body, too, and each one of a batch does: Google wants all to agree. */
export function readEmbeddingsRequest(pieces: readonly Buffer[], place: RequestPlace): PassthroughRequest {
  const request = readContentRequest(pieces, { ...place, stream: false });
  const rename = (model: string): readonly Buffer[] => [Buffer.from(JSON.stringify(renamed(request.parse(), model)))];
  return {
    ...request,
    write: (change) => (change.model === request.head.model ? request.write(change) : rename(change.model)),
  };
}

function renamed(body: unknown, model: string): unknown {
  if (!isFields(body)) return body;
  const { requests } = body;
  return {
    ...body,
    ...('model' in body ? { model: `models/${model}` } : {}),
    ...(Array.isArray(requests) ? { requests: requests.map((each) => renamed(each, model)) } : {}),
  };
}
