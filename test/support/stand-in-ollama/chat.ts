/** Chat, completion and vectors of the stand-in: loads the model if it must, then says its pieces. */
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type ChatQuestion, embed, figures, say } from './answers.ts';
import type { Behaviour } from './behaviour.ts';
import { answerJson, type Body, lines } from './requests.ts';
import { keepAliveMs, type Loaded, ModelRefusal, type Runners } from './runners.ts';
import type { ModelStore } from './store.ts';

export interface ModelPlace {
  readonly store: ModelStore;
  readonly runners: Runners;
  readonly environment: Readonly<Record<string, string | undefined>>;
  behaviour(): Behaviour;
}

const usualContext = 4_096;

async function useModel(body: Body, place: ModelPlace, response: ServerResponse): Promise<Loaded> {
  const name = String(body.model ?? body.name ?? '');
  const model = place.store.find(name);
  if (!model) throw new ModelRefusal(404, `model '${name}' not found`);
  const options = typeof body.options === 'object' && body.options !== null ? (body.options as Body) : {};
  const context = Number(options.num_ctx ?? place.environment.OLLAMA_CONTEXT_LENGTH ?? 0) || usualContext;
  const alive = keepAliveMs(body.keep_alive, place.environment.OLLAMA_KEEP_ALIVE ?? '5m');
  return place.runners.use(model, context, alive, () => response.destroyed);
}

/** Which of the two: chat has messages, a completion a prompt; without either the model is loaded, or unloaded. */
export async function answerWords(
  kind: 'chat' | 'generate',
  body: Body,
  place: ModelPlace,
  response: ServerResponse,
): Promise<void> {
  const question = body as unknown as ChatQuestion;
  const isEmpty = kind === 'chat' ? (question.messages ?? []).length === 0 : (question.prompt ?? '') === '';
  const piece = (content: string, more: object = {}) => ({
    model: question.model,
    created_at: new Date().toISOString(),
    ...(kind === 'chat' ? { message: { role: 'assistant', content, ...more } } : { response: content, ...more }),
  });
  if (isEmpty && keepAliveMs(body.keep_alive, '5m') === 0) {
    const found = place.store.find(question.model);
    if (!found) throw new ModelRefusal(404, `model '${question.model}' not found`);
    place.runners.unload(found.name);
    return answerJson(response, 200, { ...piece(''), done: true, done_reason: 'unload' });
  }
  const startedAtMs = Date.now();
  await useModel(body, place, response);
  const loadMs = Date.now() - startedAtMs;
  if (isEmpty) return answerJson(response, 200, { ...piece(''), done: true, done_reason: 'load' });
  const said = say(question);
  const end = { done: true, done_reason: 'stop', ...figures(said, question, loadMs) };
  const thinking = said.thoughts === null ? {} : { thinking: said.thoughts };
  const calls = said.toolCall === null ? {} : { tool_calls: [said.toolCall] };
  if (body.stream === false)
    return answerJson(response, 200, { ...piece(said.words.join(''), { ...thinking, ...calls }), ...end });
  const write = lines(response);
  if (said.thoughts !== null) write({ ...piece('', thinking), done: false });
  for (const word of said.words) {
    if (response.destroyed) return;
    write({ ...piece(word), done: false });
    const { tokenMs } = place.behaviour();
    if (tokenMs > 0) await delay(tokenMs);
  }
  if (said.toolCall) write({ ...piece('', calls), done: false });
  write({ ...piece(''), ...end });
  response.end();
}

export async function answerVectors(
  kind: 'embed' | 'embeddings',
  body: Body,
  place: ModelPlace,
  response: ServerResponse,
): Promise<void> {
  await useModel(body, place, response);
  if (kind === 'embeddings') return answerJson(response, 200, { embedding: embed(String(body.prompt)) });
  const texts = (Array.isArray(body.input) ? body.input : [body.input]).map(String);
  const figuresOfTexts = { total_duration: 14_143_917, load_duration: 1_019_500, prompt_eval_count: texts.length * 4 };
  answerJson(response, 200, { model: body.model, embeddings: texts.map(embed), ...figuresOfTexts });
}

/** OpenAI's chat and vectors as Ollama offers them: no context size can be said here. */
export async function answerOpenAi(
  kind: 'chat' | 'embeddings',
  body: Body,
  place: ModelPlace,
  response: ServerResponse,
): Promise<void> {
  await useModel({ model: body.model }, place, response);
  if (kind === 'embeddings') {
    const texts = (Array.isArray(body.input) ? body.input : [body.input]).map(String);
    const data = texts.map((text, index) => ({ object: 'embedding', index, embedding: embed(text) }));
    return answerJson(response, 200, { object: 'list', data, model: body.model, usage: { prompt_tokens: 4, total_tokens: 4 } });
  }
  const said = say(body as unknown as ChatQuestion);
  const created = Math.floor(Date.now() / 1_000);
  const base = { id: 'chatcmpl-1', created, model: body.model, system_fingerprint: 'fp_ollama' };
  const usage = { prompt_tokens: 4, completion_tokens: said.words.length, total_tokens: 4 + said.words.length };
  const call = said.toolCall?.function;
  const toolCalls = call && [
    { id: 'call_1', index: 0, type: 'function', function: { name: call.name, arguments: JSON.stringify(call.arguments) } },
  ];
  const reason = call ? 'tool_calls' : 'stop';
  if (body.stream !== true) {
    const message = { role: 'assistant', content: said.words.join(''), ...(toolCalls ? { tool_calls: toolCalls } : {}) };
    const choices = [{ index: 0, message, finish_reason: reason }];
    return answerJson(response, 200, { ...base, object: 'chat.completion', choices, usage });
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (delta: object, finish: string | null): void => {
    const chunk = { ...base, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  for (const word of said.words) send({ role: 'assistant', content: word }, null);
  if (toolCalls) send({ role: 'assistant', content: '', tool_calls: toolCalls }, null);
  send({ role: 'assistant', content: '' }, reason);
  response.write(`data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', choices: [], usage })}\n\n`);
  response.end('data: [DONE]\n\n');
}
