/** Programs on OpenAI's SDK: chat, the legacy completions, and responses. */
import OpenAI from 'openai';
import type {
  ChatCompletion,
  ChatCompletionContentPart,
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import { type Access, type Door, readSdkFailure, watchedFetch } from './door.ts';
import { textAt } from './reach.ts';
import type { Ask, SaidFile, Seen, Turn } from './sayings.ts';

export function openAiClient({ url, key }: Access): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0, fetch: watchedFetch });
}

export const urlOf = ({ url, mediaType, data }: SaidFile): string => url ?? `data:${mediaType};base64,${data}`;

function filePart(file: SaidFile): ChatCompletionContentPart {
  if (file.mediaType.startsWith('audio/')) return { type: 'input_audio', input_audio: { data: file.data ?? '', format: 'wav' } };
  if (file.mediaType === 'application/pdf') return { type: 'file', file: { filename: 'a.pdf', file_data: urlOf(file) } };
  return { type: 'image_url', image_url: { url: urlOf(file) } };
}

function messagesOf(turn: Turn): readonly ChatCompletionMessageParam[] {
  if (turn.role === 'tool') return turn.results.map(({ id, text }) => ({ role: 'tool', tool_call_id: id, content: text }));
  if (turn.role === 'user') {
    return [{ role: 'user', content: turn.file ? [{ type: 'text', text: turn.text }, filePart(turn.file)] : turn.text }];
  }
  if (turn.native !== undefined) return [turn.native as ChatCompletionMessageParam];
  const calls = turn.calls?.map(({ id, name, args }) => ({
    id,
    type: 'function' as const,
    function: { name, arguments: JSON.stringify(args) },
  }));
  return [{ role: 'assistant', content: turn.text ?? null, ...(calls && { tool_calls: calls }) }];
}

function chatBody(model: string, ask: Ask): ChatCompletionCreateParamsNonStreaming {
  const { system, turns, tools, schema, maxTokens, think } = ask;
  const first: readonly ChatCompletionMessageParam[] = system === undefined ? [] : [{ role: 'system', content: system }];
  return {
    model,
    messages: [...first, ...turns.flatMap(messagesOf)],
    ...(tools && {
      tools: tools.map(({ name, description, schema: parameters }) => ({
        type: 'function' as const,
        function: { name, description, parameters },
      })),
    }),
    ...(schema && { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } } }),
    ...(maxTokens !== undefined && { max_completion_tokens: maxTokens }),
    ...(think === true && { reasoning_effort: 'low' }),
  };
}

const finishes: Readonly<Record<string, string>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool-calls',
  content_filter: 'content-filter',
};

function seenChat({ choices: [choice], usage }: ChatCompletion, reasoning: string): Seen {
  if (!choice) throw new Error('the answer has no choice');
  const { message } = choice;
  const calls = (message.tool_calls ?? []).flatMap((call) =>
    call.type === 'function'
      ? [{ id: call.id, name: call.function.name, args: JSON.parse(call.function.arguments) as unknown }]
      : [],
  );
  return {
    text: message.content ?? '',
    reasoning,
    refusal: message.refusal ?? '',
    calls,
    finish: finishes[choice.finish_reason] ?? choice.finish_reason,
    usage: { input: usage?.prompt_tokens ?? -1, output: usage?.completion_tokens ?? -1 },
    native: message,
  };
}

async function streamChat(client: OpenAI, body: ChatCompletionCreateParamsNonStreaming): Promise<Seen> {
  const running = client.chat.completions.stream({ ...body, stream: true, stream_options: { include_usage: true } });
  let reasoning = '';
  running.on('chunk', (chunk) => {
    reasoning += textAt(chunk, 'choices', 0, 'delta', 'reasoning_content');
  });
  return seenChat(await running.finalChatCompletion(), reasoning);
}

export const openAiChatDoor: Door = {
  name: 'openai-chat',
  async ask(access, model, ask) {
    const client = openAiClient(access);
    const body = chatBody(model, ask);
    if (ask.stream) return await streamChat(client, body);
    const answer = await client.chat.completions.create(body);
    return seenChat(answer, textAt(answer, 'choices', 0, 'message', 'reasoning_content'));
  },
  readFailure: readSdkFailure,
};

function promptOf({ turns }: Ask): string {
  return turns.map((turn) => (turn.role === 'user' ? turn.text : '')).join('\n');
}

export const openAiCompletionsDoor: Door = {
  name: 'openai-completions',
  async ask(access, model, ask) {
    const client = openAiClient(access);
    const body = {
      model,
      prompt: promptOf(ask),
      ...(ask.maxTokens !== undefined && { max_tokens: ask.maxTokens }),
      ...(ask.suffix !== undefined && { suffix: ask.suffix }),
    };
    let text = '';
    let finish = '';
    let usage: { readonly prompt_tokens: number; readonly completion_tokens: number } | null | undefined;
    const answers = ask.stream
      ? await client.completions.create({ ...body, stream: true, stream_options: { include_usage: true } })
      : [await client.completions.create(body)];
    for await (const answer of answers) {
      text += answer.choices[0]?.text ?? '';
      finish = answer.choices[0]?.finish_reason ?? finish;
      usage = answer.usage ?? usage;
    }
    return {
      text,
      reasoning: '',
      refusal: '',
      calls: [],
      native: null,
      finish: finishes[finish] ?? finish,
      usage: { input: usage?.prompt_tokens ?? -1, output: usage?.completion_tokens ?? -1 },
    };
  },
  readFailure: readSdkFailure,
};
