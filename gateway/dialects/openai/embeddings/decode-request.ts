/** Reads the body of `POST /embeddings`. */
import type { EmbeddingsRequest } from '../../../chat/embeddings.ts';
import { isAbsent, readBody, readChoice, readCount, readName, refuse } from '../../json/fields.ts';
import type { RequestPlace } from '../../codec.ts';
import { decodeTextInputs } from '../decode-text-inputs.ts';
import { noteUnread } from '../unread.ts';

/** OpenAI's limit on the inputs of one request. */
const maximumInputs = 2048;

const knownFields = new Set(['model', 'input', 'encoding_format', 'dimensions']);

/** @throws GatewayError `bad-request`, its `field` a dotted path such as `input.3` */
export function decodeEmbeddingsRequest(body: unknown, place: RequestPlace): EmbeddingsRequest {
  const fields = readBody(body);
  const unread: string[] = [];
  noteUnread(unread, fields, knownFields, '');
  const { encoding_format: encoding } = fields;
  const inputs = decodeTextInputs(fields.input, 'input');
  if (inputs.length > maximumInputs) refuse('input', `must hold at most ${maximumInputs} texts`);
  for (const [index, input] of inputs.entries()) {
    if (input === '') refuse(Array.isArray(fields.input) ? `input.${index}` : 'input', 'must not be empty');
  }
  return {
    model: place.model ?? readName(fields.model, 'model'),
    inputs,
    encoding: isAbsent(encoding) ? 'float' : readChoice(encoding, 'encoding_format', ['float', 'base64']),
    dimensions: readCount(fields.dimensions, 'dimensions', 1),
    task: null,
    truncate: null,
    unread,
  };
}
