/** Speaks OpenAI's chat format as OpenAI's servers do, thoughts in `reasoning_content` as DeepSeek's and vLLM's. */
import { listAt, reach, textAt, wordsOf } from './reach.ts';
import { counted, created, cut, type HeardTurn, noTurn, readDataUrl, type Speaker, type Written } from './sayings.ts';

const usage = {
  prompt_tokens: counted.input,
  completion_tokens: counted.output,
  total_tokens: counted.input + counted.output,
  prompt_tokens_details: { cached_tokens: counted.cached },
  completion_tokens_details: { reasoning_tokens: counted.reasoning },
};

const finishes = { stop: 'stop', length: 'length', 'tool-calls': 'tool_calls', 'content-filter': 'content_filter' } as const;
const facts = { id: 'chatcmpl-1', created, model: 'gpt-wire', system_fingerprint: 'fp_1' };

function toolCalls({ calls = [] }: Written) {
  return calls.map(({ id, name, args }) => ({ id, type: 'function', function: { name, arguments: JSON.stringify(args) } }));
}

function deltas(written: Written): readonly object[] {
  const { reasoning = '', text = '', refusal = '' } = written;
  const calls = toolCalls(written).flatMap(({ function: { name, arguments: json }, ...call }, index) => [
    { tool_calls: [{ index, ...call, function: { name, arguments: '' } }] },
    ...cut(json).map((piece) => ({ tool_calls: [{ index, function: { arguments: piece } }] })),
  ]);
  return [
    { role: 'assistant', content: '' },
    ...cut(reasoning).map((piece) => ({ reasoning_content: piece })),
    ...cut(text).map((piece) => ({ content: piece })),
    ...cut(refusal).map((piece) => ({ refusal: piece })),
    ...calls,
  ];
}

function readTurn(message: unknown): HeardTurn {
  const content = reach(message, 'content');
  const role = textAt(message, 'role');
  if (role === 'tool') {
    const results = [{ id: textAt(message, 'tool_call_id'), name: null, text: wordsOf(content) }];
    return { ...noTurn, role, results };
  }
  const files = listAt(content).flatMap((part) => {
    const { type } = part as { type: string };
    if (type === 'image_url') return [readDataUrl(textAt(part, 'image_url', 'url'))];
    if (type === 'file') return [readDataUrl(textAt(part, 'file', 'file_data'))];
    return type === 'input_audio' ? [{ mediaType: 'audio/wav', data: textAt(part, 'input_audio', 'data') }] : [];
  });
  const calls = listAt(message, 'tool_calls').map((call) => ({
    id: textAt(call, 'id'),
    name: textAt(call, 'function', 'name'),
    args: JSON.parse(textAt(call, 'function', 'arguments')) as unknown,
  }));
  return { ...noTurn, role: role === 'assistant' ? role : 'user', text: wordsOf(content), files, calls };
}

export const openAiChatSpeaker: Speaker = {
  dialect: 'openai-chat',
  streamType: 'text/event-stream',
  whole(written) {
    const { text = null, reasoning, refusal = null, calls } = written;
    const message = {
      role: 'assistant',
      content: text,
      refusal,
      ...(reasoning !== undefined && { reasoning_content: reasoning }),
      ...(calls && { tool_calls: toolCalls(written) }),
    };
    const choices = [{ index: 0, message, logprobs: null, finish_reason: finishes[written.finish] }];
    return { ...facts, object: 'chat.completion', choices, usage };
  },
  stream(written) {
    const chunk = (choices: readonly object[], last: object | null) =>
      `data: ${JSON.stringify({ ...facts, object: 'chat.completion.chunk', choices, usage: last })}\n\n`;
    return [
      ...deltas(written).map((delta) => chunk([{ index: 0, delta, logprobs: null, finish_reason: null }], null)),
      chunk([{ index: 0, delta: {}, logprobs: null, finish_reason: finishes[written.finish] }], null),
      chunk([], usage),
      'data: [DONE]\n\n',
    ];
  },
  error: (status, words) => ({
    error: { message: words, type: status === 429 ? 'requests' : 'invalid_request_error', param: null, code: null },
  }),
  errorFrame: (words) => `data: ${JSON.stringify({ error: { message: words, type: 'server_error', code: 'server_error' } })}\n\n`,
  hear(_target, body) {
    const messages = listAt(body, 'messages');
    const isSystem = (message: unknown) => ['system', 'developer'].includes(textAt(message, 'role'));
    return {
      model: textAt(body, 'model'),
      stream: reach(body, 'stream') === true,
      system: messages
        .filter(isSystem)
        .map((message) => wordsOf(reach(message, 'content')))
        .join('\n'),
      turns: messages.filter((message) => !isSystem(message)).map(readTurn),
      tools: listAt(body, 'tools').map((tool) => ({
        name: textAt(tool, 'function', 'name'),
        schema: reach(tool, 'function', 'parameters'),
      })),
      schema: reach(body, 'response_format', 'json_schema', 'schema'),
      maxTokens: reach(body, 'max_tokens') ?? reach(body, 'max_completion_tokens'),
      thinks: reach(body, 'reasoning_effort') !== undefined,
    };
  },
};
