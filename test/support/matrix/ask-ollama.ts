/** Programs on Ollama's SDK: chat and generate. */
import { type ChatResponse, type GenerateResponse, type Message, Ollama, type Tool } from 'ollama';
import { type Access, type Door, readSdkFailure, watchedFetch } from './door.ts';
import type { Ask, SaidCall, SaidTool, Seen, Turn } from './sayings.ts';

function clientOf({ url, key }: Access): Ollama {
  return new Ollama({ host: url, headers: { authorization: `Bearer ${key}` }, fetch: watchedFetch });
}

function messagesOf(turn: Turn): readonly Message[] {
  if (turn.role === 'tool') return turn.results.map(({ name, text }) => ({ role: 'tool', tool_name: name, content: text }));
  if (turn.role === 'user') {
    const images = turn.file && { images: [turn.file.data ?? turn.file.url ?? ''] };
    return [{ role: 'user', content: turn.text, ...images }];
  }
  if (turn.native !== undefined) return [turn.native as Message];
  const calls = turn.calls?.map(({ name, args }) => ({ function: { name, arguments: args as Record<string, unknown> } }));
  return [{ role: 'assistant', content: turn.text ?? '', ...(calls && { tool_calls: calls }) }];
}

function toolOf({ name, description, schema }: SaidTool): Tool {
  return { type: 'function', function: { name, description, parameters: schema as NonNullable<Tool['function']['parameters']> } };
}

function settingsOf({ schema, maxTokens, think }: Ask) {
  return {
    ...(schema && { format: schema }),
    ...(think === true && { think }),
    ...(maxTokens !== undefined && { options: { num_predict: maxTokens } }),
  };
}

interface Counted {
  readonly done_reason: string;
  readonly prompt_eval_count: number;
  readonly eval_count: number;
}

function ending({ done_reason: reason, prompt_eval_count: input, eval_count: output }: Counted, calls: readonly SaidCall[]) {
  const finish = reason === 'stop' && calls.length > 0 ? 'tool-calls' : reason;
  return { refusal: '', calls, finish, usage: { input, output } };
}

function seenChat(answers: readonly ChatResponse[]): Seen {
  const last = answers.at(-1);
  if (!last?.done) throw new Error('the answer has no end');
  const calls = answers.flatMap(({ message }) =>
    (message.tool_calls ?? []).map((call) => ({
      id: String(Reflect.get(call, 'id') ?? ''),
      name: call.function.name,
      args: call.function.arguments as unknown,
    })),
  );
  const text = answers.map(({ message }) => message.content).join('');
  const reasoning = answers.map(({ message }) => message.thinking ?? '').join('');
  const toolCalls = answers.flatMap(({ message }) => message.tool_calls ?? []);
  const native = { role: 'assistant', content: text, ...(reasoning && { thinking: reasoning }), tool_calls: toolCalls };
  return { text, reasoning, ...ending(last, calls), native };
}

export const ollamaDoor: Door = {
  name: 'ollama',
  async ask(access, model, ask) {
    const client = clientOf(access);
    const { system, turns, tools } = ask;
    const first: readonly Message[] = system === undefined ? [] : [{ role: 'system', content: system }];
    const messages = [...first, ...turns.flatMap(messagesOf)];
    const question = { model, messages, ...(tools && { tools: tools.map(toolOf) }), ...settingsOf(ask) };
    if (!ask.stream) return seenChat([await client.chat({ ...question, stream: false })]);
    const answers: ChatResponse[] = [];
    for await (const answer of await client.chat({ ...question, stream: true })) answers.push(answer);
    return seenChat(answers);
  },
  readFailure: readSdkFailure,
};

function seenGenerated(answers: readonly GenerateResponse[]): Seen {
  const last = answers.at(-1);
  if (!last?.done) throw new Error('the answer has no end');
  const text = answers.map(({ response }) => response).join('');
  return { text, reasoning: answers.map(({ thinking = '' }) => thinking).join(''), ...ending(last, []), native: null };
}

export const ollamaGenerateDoor: Door = {
  name: 'ollama-generate',
  async ask(access, model, ask) {
    const client = clientOf(access);
    const turn = ask.turns.at(-1);
    if (turn?.role !== 'user') throw new Error('generate takes one prompt');
    const question = {
      model,
      prompt: turn.text,
      ...(ask.system !== undefined && { system: ask.system }),
      ...(turn.file && { images: [turn.file.data ?? turn.file.url ?? ''] }),
      ...(ask.suffix !== undefined && { suffix: ask.suffix }),
      ...settingsOf(ask),
    };
    if (!ask.stream) return seenGenerated([await client.generate({ ...question, stream: false })]);
    const answers: GenerateResponse[] = [];
    for await (const answer of await client.generate({ ...question, stream: true })) answers.push(answer);
    return seenGenerated(answers);
  },
  readFailure: readSdkFailure,
};
