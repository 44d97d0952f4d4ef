/** Writes the body of `POST /embeddings` for an upstream. */
import type { EmbeddingsRequest } from '../../../chat/embeddings.ts';
import type { FidelityNotes } from '../../../chat/fidelity.ts';
import type { UpstreamTarget } from '../../codec.ts';
import { withoutRefused } from '../encode-sampling.ts';

/** Vectors are asked for as numbers, which every relative of OpenAI gives; one input goes alone, as not all take a list. */
export function encodeEmbeddingsRequest(request: EmbeddingsRequest, target: UpstreamTarget, notes: FidelityNotes) {
  const { inputs, dimensions, task, truncate } = request;
  const [first, ...others] = inputs;
  if (task !== null) notes.drop('task', 'OpenAI embeddings have no such field');
  if (truncate !== null) notes.drop('truncate', 'OpenAI embeddings have no such field');
  const body = {
    model: target.model,
    input: others.length === 0 ? first : inputs,
    ...(dimensions === null ? {} : { dimensions }),
    encoding_format: 'float',
  };
  return withoutRefused(body, target, notes);
}
