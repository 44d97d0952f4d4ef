/** The demo as an HTTP server would be: from a path and a body to a status, headers and bytes. */
import { GatewayError } from '../chat/error.ts';
import type { ChatEvent } from '../chat/event.ts';
import type { ChatRequest } from '../chat/request.ts';
import { decodeChatRequest } from '../dialects/openai/chat/decode-request.ts';
import { type CompletionRequest, decodeCompletionRequest } from '../dialects/openai/completions/decode-request.ts';
import { decodeEmbeddingsRequest } from '../dialects/openai/embeddings/decode-request.ts';
import { encodeChatResponse } from '../dialects/openai/chat/encode-answer.ts';
import { type StreamEncoder, createChatStreamEncoder } from '../dialects/openai/chat/stream-encoder.ts';
import { createCompletionStreamEncoder, encodeCompletionResponse } from '../dialects/openai/completions/encode-answer.ts';
import { encodeEmbeddingsResponse } from '../dialects/openai/embeddings/encode-answer.ts';
import { encodeModelList } from '../dialects/openai/encode-model-list.ts';
import { answerChat } from './answer-chat.ts';
import { defaultDimensions, embedText, maximumDimensions } from './embed-text.ts';
import { type DemoModel, type DemoTask, demoModels } from './models.ts';
import { countPieces } from './pieces.ts';
import { rehearsedFailure } from './rehearsed-failure.ts';
import { countInput, writeEvents } from './write-events.ts';

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

type Body = Readonly<Record<string, unknown>>;

/** The day the demo's models are said to be from: 1 January 2026. */
const madeAtSeconds = 1_767_225_600;

/** @throws GatewayError with the status of the refusal */
export function answerRequest(method: string, path: string, pieces: readonly Buffer[] | null, moment: DemoMoment): DemoReply {
  const body = pieces === null ? null : Buffer.concat(pieces);
  const route = `${method} ${path}`;
  if (route === 'GET /models') {
    const models = demoModels.map(({ id }) => ({ id, createdAtSeconds: madeAtSeconds, ownedBy: 'gatehouse' }));
    return { model: null, body: JSON.stringify(encodeModelList(models)) };
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
  const request = decodeChatRequest(body);
  const model = findModel(request.model, 'chat');
  const events = writeEvents(answerChat(request), {
    ...moment,
    idPrefix: 'chatcmpl',
    model: model.id,
    inputTokens: countInput(request),
    maxOutputTokens: request.maxOutputTokens,
    stop: readExtras(body as Body),
  });
  if (!request.stream) return { model, body: JSON.stringify(encodeChatResponse(events)) };
  return { model, body: encodeStream(createChatStreamEncoder({ includeUsage: request.streamUsage }), events) };
}

function answerCompletionRequest(body: unknown, moment: DemoMoment): DemoReply {
  const request = decodeCompletionRequest(body);
  const model = findModel(request.model, 'completion');
  const asked = asChatRequest(request);
  const events = writeEvents(answerChat(asked), {
    ...moment,
    idPrefix: 'cmpl',
    model: model.id,
    inputTokens: countPieces(asked.messages[0]?.text ?? '') + countPieces(request.suffix ?? ''),
    maxOutputTokens: request.maxOutputTokens,
    stop: readExtras(body as Body),
  });
  if (!request.stream) return { model, body: JSON.stringify(encodeCompletionResponse(events)) };
  return { model, body: encodeStream(createCompletionStreamEncoder({ includeUsage: request.streamUsage }), events) };
}

/** A prompt is answered as if it had been said. Token numbers are answered without being read. */
function asChatRequest({ model, prompts, stream, streamUsage, maxOutputTokens }: CompletionRequest): ChatRequest {
  const [prompt = ''] = prompts;
  if (prompts.length > 1) throw refusal('prompt', 'The demo completes one prompt at a time; send one request for each.');
  const text = typeof prompt === 'string' ? prompt : '';
  const message = { role: 'user', text, mediaParts: 0, toolCalls: [], toolCallId: null } as const;
  return {
    model,
    stream,
    streamUsage,
    maxOutputTokens,
    messages: [message],
    tools: [],
    toolChoice: { type: 'none' },
    responseFormat: { type: 'text' },
  };
}

function answerEmbeddingsRequest(body: unknown): DemoReply {
  const { model: name, inputs, encoding, dimensions } = decodeEmbeddingsRequest(body);
  const model = findModel(name, 'embedding');
  const size = dimensions ?? defaultDimensions;
  if (size > maximumDimensions) throw refusal('dimensions', `dimensions must be at most ${maximumDimensions}.`);
  if (size * inputs.length > maximumNumbers || inputs.some(({ length }) => length > maximumInputLength)) {
    throw refusal('input', 'The demo makes at most a million numbers at once, of texts up to a million characters.');
  }
  const vectors = inputs.map((input) => embedText(input, size));
  const inputTokens = inputs.reduce((total, input) => total + (typeof input === 'string' ? countPieces(input) : input.length), 0);
  return { model, body: JSON.stringify(encodeEmbeddingsResponse({ model: model.id, vectors, encoding, inputTokens })) };
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

/** Checks `n` and reads `stop`, which the inner language has no words for. */
function readExtras({ n, stop }: Body): readonly string[] {
  if (typeof n === 'number' && n > 1) throw refusal('n', 'The demo gives one answer at a time; leave n out or set it to 1.');
  const words: readonly unknown[] = Array.isArray(stop) ? stop : [stop];
  return words.filter((word) => typeof word === 'string').filter((word) => word !== '');
}

function refusal(field: string, message: string): GatewayError {
  return new GatewayError('bad-request', message, { field, code: 'invalid_value' });
}

function encodeStream(encoder: StreamEncoder, events: readonly ChatEvent[]): readonly string[] {
  return [...events.flatMap((event) => encoder.push(event)), ...encoder.end()];
}
