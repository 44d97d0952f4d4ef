/** Speaks Anthropic's messages as Anthropic's servers do, padding and pings included. */
import { listAt, reach, textAt, wordsOf } from './reach.ts';
import { counted, cut, type HeardTurn, noTurn, type SaidFile, type Speaker, type Written } from './sayings.ts';

const inputUsage = {
  input_tokens: counted.input - counted.cached,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: counted.cached,
};
const usage = { ...inputUsage, output_tokens: counted.output, output_tokens_details: { thinking_tokens: counted.reasoning } };

const stops = { stop: 'end_turn', length: 'max_tokens', 'tool-calls': 'tool_use', 'content-filter': 'refusal' } as const;

type Block = Readonly<Record<string, unknown>> & { readonly type: string };

function blocks({ reasoning, seal, text, refusal, calls = [] }: Written): readonly Block[] {
  const all: Block[] = [];
  if (reasoning !== undefined || seal !== undefined) {
    all.push({ type: 'thinking', thinking: reasoning ?? '', signature: seal ?? 'c2lnbmF0dXJl' });
  }
  const words = text ?? refusal;
  if (words !== undefined) all.push({ type: 'text', text: words });
  return [...all, ...calls.map(({ id, name, args }) => ({ type: 'tool_use', id, name, input: args }))];
}

function message(content: readonly Block[], stop: string | null, tokens: object): object {
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-wire',
    content,
    stop_reason: stop,
    stop_sequence: null,
    usage: tokens,
  };
}

const event = (value: Block): string => `event: ${value.type}\ndata: ${JSON.stringify(value).slice(0, -1)}   }\n\n`;

function blockEvents(block: Block, index: number): readonly Block[] {
  const delta = (fields: object): Block => ({ type: 'content_block_delta', index, delta: fields });
  const begin = (fields: object): Block => ({ type: 'content_block_start', index, content_block: { ...block, ...fields } });
  const end: Block = { type: 'content_block_stop', index };
  if (block.type === 'text') {
    const pieces = cut(textAt(block, 'text')).map((text) => delta({ type: 'text_delta', text }));
    return [begin({ text: '' }), ...pieces, end];
  }
  if (block.type === 'tool_use') {
    const pieces = cut(JSON.stringify(block['input'])).map((json) => delta({ type: 'input_json_delta', partial_json: json }));
    return [begin({ input: {} }), delta({ type: 'input_json_delta', partial_json: '' }), ...pieces, end];
  }
  const pieces = cut(textAt(block, 'thinking')).map((thinking) => delta({ type: 'thinking_delta', thinking }));
  const signature = delta({ type: 'signature_delta', signature: block['signature'] });
  return [begin({ thinking: '', signature: '' }), ...pieces, signature, end];
}

function fileOf(source: unknown): SaidFile {
  const url = textAt(source, 'url');
  return url === '' ? { mediaType: textAt(source, 'media_type'), data: textAt(source, 'data') } : { mediaType: '', url };
}

/** A user message's tool results and its other words are turns of their own. */
function readMessage(one: unknown): readonly HeardTurn[] {
  const content = reach(one, 'content');
  const all: readonly unknown[] = typeof content === 'string' ? [{ type: 'text', text: content }] : listAt(content);
  const of = (type: string) => all.filter((block) => textAt(block, 'type') === type);
  const results = of('tool_result').map((block) => ({
    id: textAt(block, 'tool_use_id'),
    name: null,
    text: wordsOf(reach(block, 'content')),
  }));
  const turn: HeardTurn = {
    ...noTurn,
    role: textAt(one, 'role') === 'assistant' ? 'assistant' : 'user',
    text: wordsOf(of('text')),
    files: [...of('image'), ...of('document')].map((block) => fileOf(reach(block, 'source'))),
    calls: of('tool_use').map((block) => ({ id: textAt(block, 'id'), name: textAt(block, 'name'), args: reach(block, 'input') })),
    seals: of('thinking').map((block) => textAt(block, 'signature')),
  };
  const isOnlyResults = results.length > 0 && turn.text === '' && turn.files.length === 0;
  return [...(results.length > 0 ? [{ ...noTurn, role: 'tool' as const, results }] : []), ...(isOnlyResults ? [] : [turn])];
}

const errorTypes: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
  500: 'api_error',
  529: 'overloaded_error',
};

export const anthropicSpeaker: Speaker = {
  dialect: 'anthropic-messages',
  streamType: 'text/event-stream; charset=utf-8',
  whole: (written) => message(blocks(written), stops[written.finish], usage),
  stream: (written) =>
    [
      { type: 'message_start', message: message([], null, { ...inputUsage, output_tokens: 1 }) },
      { type: 'ping' },
      ...blocks(written).flatMap(blockEvents),
      { type: 'message_delta', delta: { stop_reason: stops[written.finish], stop_sequence: null }, usage },
      { type: 'message_stop' },
    ].map(event),
  error: (status, words) => ({
    type: 'error',
    error: { type: errorTypes[status] ?? 'api_error', message: words },
    request_id: 'req_1',
  }),
  errorFrame: (words) => event({ type: 'error', error: { type: 'overloaded_error', message: words } }),
  hear(_target, body) {
    const messages = listAt(body, 'messages');
    const later = messages.filter((one) => textAt(one, 'role') === 'system').map((one) => wordsOf(reach(one, 'content')));
    return {
      model: textAt(body, 'model'),
      stream: reach(body, 'stream') === true,
      system: [wordsOf(reach(body, 'system')), ...later].filter(Boolean).join('\n'),
      turns: messages.filter((one) => textAt(one, 'role') !== 'system').flatMap(readMessage),
      tools: listAt(body, 'tools').map((tool) => ({ name: textAt(tool, 'name'), schema: reach(tool, 'input_schema') })),
      schema: reach(body, 'output_config', 'format', 'schema'),
      maxTokens: reach(body, 'max_tokens'),
      thinks: textAt(body, 'thinking', 'type') === 'enabled' || textAt(body, 'thinking', 'type') === 'adaptive',
    };
  },
};
