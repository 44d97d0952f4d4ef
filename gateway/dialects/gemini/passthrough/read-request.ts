/** Reads a Gemini request that passes through: what is Gemini's own way is added to what every JSON dialect does. */
import type { RequestPlace } from '../../codec.ts';
import type { PassthroughRequest, RequestSize } from '../../dialect.ts';
import { isFields } from '../../json/fields.ts';
import { parseIfSound } from '../../json/parse.ts';
import { passthroughReader } from '../../json/passthrough-request.ts';
import { modelName } from '../request/decode-request.ts';
import { contentWords } from '../request/words.ts';

const readPassing = passthroughReader('path', contentWords);

/** @throws GatewayError `bad-request` */
export function readContentRequest(pieces: readonly Buffer[], { model, stream }: RequestPlace): PassthroughRequest {
  const request = readPassing(pieces, { model: model === null ? null : modelName(model), stream: stream ?? false });
  return { ...request, measure: () => measure(request) };
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

/** Media stand in the body as bare base64, not as data URLs. */
function measure(request: PassthroughRequest): RequestSize {
  const size = request.measure();
  if (!request.holds('"inlineData"') && !request.holds('"inline_data"')) return size;
  const media = mediaLengths(parseIfSound(request));
  return {
    textBytes: size.textBytes - media.reduce((sum, length) => sum + length, 0),
    mediaParts: size.mediaParts + media.length,
  };
}

function mediaLengths(value: unknown): number[] {
  if (Array.isArray(value)) return value.flatMap(mediaLengths);
  if (!isFields(value)) return [];
  return Object.entries(value).flatMap(([key, each]) => {
    const isBlob = (key === 'inlineData' || key === 'inline_data') && isFields(each) && typeof each['data'] === 'string';
    return isBlob ? [String(each['data']).length] : mediaLengths(each);
  });
}
