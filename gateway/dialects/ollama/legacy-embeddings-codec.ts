/** `POST /api/embeddings` (docs/api.md: Generate Embedding, superseded by `/api/embed`): one prompt in, one vector out. */
import type { EmbeddingsAnswer, EmbeddingsRequest } from '../../chat/embeddings.ts';
import { GatewayError } from '../../chat/error.ts';
import type { FidelityNotes } from '../../chat/fidelity.ts';
import type { EmbeddingsCodec, RequestPlace, UpstreamTarget } from '../codec.ts';
import { readBody, readName } from '../json/fields.ts';
import { noteTask, readAnswer, readVector, textOnly, unreadOptions } from './embeddings-codec.ts';
import { leaveOutRefused } from './request/encode-settings.ts';
import { unreadFields } from './request/unread-fields.ts';

const known: ReadonlySet<string> = new Set(['model', 'prompt', 'options']);

export const legacyEmbeddingsCodec: EmbeddingsCodec = { decodeRequest, encodeAnswer, encodeRequest, decodeAnswer };

function decodeRequest(value: unknown, place: RequestPlace): EmbeddingsRequest {
  const body = readBody(value);
  return {
    model: place.model ?? readName(body['model'], 'model'),
    inputs: [readName(body['prompt'], 'prompt')],
    dimensions: null,
    encoding: 'float',
    task: null,
    truncate: null,
    unread: [...unreadFields(body, known), ...unreadOptions(body)],
  };
}

function encodeAnswer({ vectors }: EmbeddingsAnswer): unknown {
  return { embedding: vectors[0] ?? [] };
}

function encodeRequest(request: EmbeddingsRequest, target: UpstreamTarget, notes: FidelityNotes): unknown {
  const [input, ...others] = request.inputs;
  if (input === undefined || others.length > 0) throw unplaceable('inputs', 'one text at a time');
  if (request.dimensions !== null) throw unplaceable('dimensions', "vectors of the model's own size alone");
  if (request.truncate !== null) notes.drop('truncate', "Ollama's older embeddings endpoint has no such field");
  noteTask(request.task, notes);
  return leaveOutRefused({ model: target.model, prompt: textOnly(input, 'inputs.0') }, target, notes);
}

function unplaceable(field: string, what: string): GatewayError {
  return new GatewayError('untranslatable', `Ollama's older embeddings endpoint makes ${what}.`, { field });
}

/** The answer names no model and counts no tokens. */
function decodeAnswer(body: unknown): EmbeddingsAnswer {
  return { model: '', vectors: [readVector(readAnswer(body)['embedding'])], usage: null, rawUsage: null };
}
