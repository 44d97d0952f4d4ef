/** Reads the body of `POST /embeddings`. */
import { decodeTextInputs } from '../decode-text-inputs.ts';
import type { TextInput } from '../decode-text-inputs.ts';
import { isAbsent, readBody, readChoice, readCount, readName, refuse } from '../../json/fields.ts';

export type EmbeddingEncoding = 'float' | 'base64';

export interface EmbeddingsRequest {
  readonly model: string;
  readonly inputs: readonly TextInput[];
  readonly encoding: EmbeddingEncoding;
  readonly dimensions: number | null;
}

/** OpenAI's limit on the inputs of one request. */
const maximumInputs = 2048;

/** @throws GatewayError `bad-request`, its `field` a dotted path such as `input.3` */
export function decodeEmbeddingsRequest(body: unknown): EmbeddingsRequest {
  const fields = readBody(body);
  const { encoding_format: encoding } = fields;
  const inputs = decodeTextInputs(fields.input, 'input');
  if (inputs.length > maximumInputs) refuse('input', `must hold at most ${maximumInputs} texts`);
  for (const [index, input] of inputs.entries()) {
    if (input === '') refuse(Array.isArray(fields.input) ? `input.${index}` : 'input', 'must not be empty');
  }
  return {
    model: readName(fields.model, 'model'),
    inputs,
    encoding: isAbsent(encoding) ? 'float' : readChoice(encoding, 'encoding_format', ['float', 'base64']),
    dimensions: readCount(fields.dimensions, 'dimensions', 1),
  };
}
