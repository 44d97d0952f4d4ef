/** The demo as an HTTP server would be: from a path and a body to a status, headers and bytes. */
import { GatewayError } from '../chat/error.ts';
import type { ChatEvent } from '../chat/event.ts';
import { FidelityNotes } from '../chat/fidelity.ts';
import { type ChatRequest, textOf } from '../chat/request.ts';
import { unknownUsage } from '../chat/usage.ts';
import type { StreamEncoder } from '../dialects/codec.ts';
import { decodeChatRequest } from '../dialects/openai/chat/request/decode-request.ts';
import { encodeChatAnswer } from '../dialects/openai/chat/answer/encode-answer.ts';
import { createChatStreamEncoder } from '../dialects/openai/chat/answer/stream-encoder.ts';
import { decodeCompletionRequest } from '../dialects/openai/completions/decode-request.ts';
import { createCompletionStreamEncoder, encodeCompletionAnswer } from '../dialects/openai/completions/encode-answer.ts';
import { decodeEmbeddingsRequest } from '../dialects/openai/embeddings/decode-request.ts';
import { encodeEmbeddingsAnswer } from '../dialects/openai/embeddings/encode-answer.ts';
import { encodeOpenAiModels } from '../dialects/openai/encode-model-list.ts';
import { answerChat } from './answer-chat.ts';
import { defaultDimensions, embedText, maximumDimensions } from './embed-text.ts';
import { type DemoModel, type DemoTask, demoModels } from './models.ts';
import { countPieces } from './pieces.ts';
import { rehearsedFailure } from './rehearsed-failure.ts';
import { type AnswerFacts, countInput, writeEvents } from './write-events.ts';

/** What is sent: a whole body, or the frames of a stream. */
export interface DemoReply {
  readonly model: DemoModel | null;
  readonly body: string | readonly string[];
}

/** What an answer is named and dated by. */
export interface DemoMoment {
  readonly id: string;
  readonly createdAtSeconds: number;
}

/** The model stands in the body, and so does the wish for a stream. */
const place = { model: null, stream: null };

/** The day the demo's models are said to be from: 1 January 2026. */
const madeAtSeconds = 1_767_225_600;

/** @throws GatewayError with the status of the refusal */
export function answerRequest(method: string, path: string, pieces: readonly Buffer[] | null, moment: DemoMoment): DemoReply {
  const body = pieces === null ? null : Buffer.concat(pieces);
  const route = `${method} ${path}`;
  if (route === 'GET /models') {
    const models = demoModels.map(({ id }) => ({ id, createdAtSeconds: madeAtSeconds, ownedBy: 'gatehouse' }));
    return { model: null, body: JSON.stringify(encodeOpenAiModels(models)) };
  }
  if (route === 'POST /chat/completions') return answerChatRequest(parseBody(body), moment);
  if (route === 'POST /completions') return answerCompletionRequest(parseBody(body), moment);
  if (route === 'POST /embeddings') return answerEmbeddingsRequest(parseBody(body));
  throw new GatewayError('upstream-refused', `The demo has nothing at ${route}.`, { status: 404, code: 'not_found' });
}

/**
 * What parsing a body costs, in time and memory of the gateway itself, goes by its values and not by its bytes. An agent with
 * dozens of tools sends a few thousand.
 */
const maximumValues = 200_000;

/** Large numbers of vectors would be made on the gateway's own thread. */
const maximumNumbers = 1_000_000;
const maximumInputLength = 1_000_000;

function parseBody(body: Buffer | null): unknown {
  if (body && holdsMoreValues(body, maximumValues)) {
    throw new GatewayError('body-too-large', `The demo reads at most ${maximumValues} values in one request.`);
  }
  try {
    return JSON.parse(body?.toString() ?? '');
  } catch (cause) {
    throw new GatewayError('bad-request', 'The request body must be JSON.', { cause });
  }
}

/** Counts what values begin with or are parted by, in strings too: an upper bound is all that is wanted. */
function holdsMoreValues(body: Buffer, limit: number): boolean {
  if (body.length <= limit) return false;
  let count = 0;
  for (const mark of [',', '[', '{']) {
    for (let at = body.indexOf(mark); at !== -1 && count <= limit; at = body.indexOf(mark, at + 1)) count += 1;
  }
  return count > limit;
}

function answerChatRequest(body: unknown, moment: DemoMoment): DemoReply {
  const request = decodeChatRequest(body, place);
  const model = findModel(request.model, 'chat');
  const events = writeEvents(answerChat(request), {
    ...moment,
    ...limitsOf(request),
    idPrefix: 'chatcmpl',
    model: model.id,
    inputTokens: countInput(request),
  });
  const options = { request, notes: new FidelityNotes() };
  if (!request.stream) return { model, body: JSON.stringify(encodeChatAnswer(events, options)) };
  return { model, body: encodeStream(createChatStreamEncoder(options), events) };
}

/** A prompt is answered as if it had been said. */
function answerCompletionRequest(body: unknown, moment: DemoMoment): DemoReply {
  const request = decodeCompletionRequest(body, place);
  const model = findModel(request.model, 'completion');
  const prompt = textOf(request.messages[0]?.parts ?? []);
  const events = writeEvents(answerChat(request), {
    ...moment,
    ...limitsOf(request),
    idPrefix: 'cmpl',
    model: model.id,
    inputTokens: countPieces(prompt) + countPieces(request.suffix ?? ''),
  });
  const options = { request, notes: new FidelityNotes() };
  if (!request.stream) return { model, body: JSON.stringify(encodeCompletionAnswer(events, options)) };
  return { model, body: encodeStream(createCompletionStreamEncoder(options), events) };
}

function answerEmbeddingsRequest(body: unknown): DemoReply {
  const request = decodeEmbeddingsRequest(body, place);
  const { inputs, dimensions } = request;
  const model = findModel(request.model, 'embedding');
  const size = dimensions ?? defaultDimensions;
  if (size > maximumDimensions) throw refusal('dimensions', `dimensions must be at most ${maximumDimensions}.`);
  if (size * inputs.length > maximumNumbers || inputs.some(({ length }) => length > maximumInputLength)) {
    throw refusal('input', 'The demo makes at most a million numbers at once, of texts up to a million characters.');
  }
  const vectors = inputs.map((input) => embedText(input, size));
  const inputTokens = inputs.reduce((total, input) => total + (typeof input === 'string' ? countPieces(input) : input.length), 0);
  const answer = { model: model.id, vectors, usage: { ...unknownUsage, inputTokens }, rawUsage: null };
  return { model, body: JSON.stringify(encodeEmbeddingsAnswer(answer, request)) };
}

/** @throws GatewayError when there is no such model for the task, or when it is one that always fails */
function findModel(id: string, task: DemoTask): DemoModel {
  const model = demoModels.find((each) => each.id === id);
  if (!model?.tasks.includes(task)) {
    const fitting = demoModels.filter((each) => each.tasks.includes(task)).map((each) => each.id);
    const problem = model ? `The demo model "${id}" is not for this` : `The demo has no model "${id}"`;
    throw new GatewayError('unknown-model', `${problem}; it has ${fitting.join(', ')}.`, { field: 'model' });
  }
  if (model.failure !== null) throw rehearsedFailure(model.failure);
  return model;
}

/** Where the answer ends. @throws GatewayError `bad-request` when several are asked for */
function limitsOf({ choices = 1, stop = [], maxOutputTokens }: ChatRequest): Pick<AnswerFacts, 'stop' | 'maxOutputTokens'> {
  if (choices > 1) throw refusal('n', 'The demo gives one answer at a time; leave n out or set it to 1.');
  return { stop, maxOutputTokens };
}

function refusal(field: string, message: string): GatewayError {
  return new GatewayError('bad-request', message, { field, code: 'invalid_value' });
}

function encodeStream(encoder: StreamEncoder, events: readonly ChatEvent[]): readonly string[] {
  return [...events.map((event) => encoder.push(event)).filter((frames) => frames !== ''), encoder.end()];
}
