/** Programs on Anthropic's SDK. */
import Anthropic from '@anthropic-ai/sdk';
import type {
  ContentBlockParam,
  Message,
  MessageCreateParamsNonStreaming,
  MessageParam,
} from '@anthropic-ai/sdk/resources/messages';
import { type Door, readSdkFailure, watchedFetch } from './door.ts';
import type { Ask, SaidFile, Seen, Turn } from './sayings.ts';

function fileBlock({ mediaType, data, url }: SaidFile): ContentBlockParam {
  const source = url === undefined ? { type: 'base64', media_type: mediaType, data } : { type: 'url', url };
  return { type: mediaType === 'application/pdf' ? 'document' : 'image', source } as ContentBlockParam;
}

function messageOf(turn: Turn): MessageParam {
  if (turn.role === 'tool') {
    const content = turn.results.map(({ id, text }) => ({ type: 'tool_result' as const, tool_use_id: id, content: text }));
    return { role: 'user', content };
  }
  if (turn.role === 'user') {
    return { role: 'user', content: turn.file ? [{ type: 'text', text: turn.text }, fileBlock(turn.file)] : turn.text };
  }
  if (turn.native !== undefined) return { role: 'assistant', content: turn.native as ContentBlockParam[] };
  const text: ContentBlockParam[] = turn.text === undefined ? [] : [{ type: 'text', text: turn.text }];
  const calls = (turn.calls ?? []).map(({ id, name, args }) => ({ type: 'tool_use' as const, id, name, input: args }));
  return { role: 'assistant', content: [...text, ...calls] };
}

function bodyOf(model: string, { system, turns, tools, schema, maxTokens, think }: Ask): MessageCreateParamsNonStreaming {
  return {
    model,
    max_tokens: maxTokens ?? 4096,
    messages: turns.map(messageOf),
    ...(system !== undefined && { system }),
    ...(tools && {
      tools: tools.map(({ name, description, schema: own }) => ({
        name,
        description,
        input_schema: { ...own, type: 'object' as const },
      })),
    }),
    ...(schema && { output_config: { format: { type: 'json_schema' as const, schema } } }),
    ...(think === true && { thinking: { type: 'enabled' as const, budget_tokens: 2048 } }),
  };
}

const finishes: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  max_tokens: 'length',
  tool_use: 'tool-calls',
  refusal: 'content-filter',
};

function seenMessage({ content, stop_reason: reason, usage }: Message): Seen {
  return {
    text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    reasoning: content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join(''),
    refusal: '',
    calls: content.flatMap((block) => (block.type === 'tool_use' ? [{ id: block.id, name: block.name, args: block.input }] : [])),
    finish: finishes[reason ?? ''] ?? String(reason),
    usage: {
      input: usage.input_tokens + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0),
      output: usage.output_tokens,
    },
    native: content,
  };
}

export const anthropicDoor: Door = {
  name: 'anthropic-messages',
  async ask({ url, key }, model, ask) {
    const client = new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0, fetch: watchedFetch });
    const body = bodyOf(model, ask);
    if (!ask.stream) return seenMessage(await client.messages.create(body));
    return seenMessage(await client.messages.stream(body).finalMessage());
  },
  readFailure: readSdkFailure,
};
