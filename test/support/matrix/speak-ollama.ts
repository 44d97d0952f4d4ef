/** Speaks Ollama's chat and generate as its server does: NDJSON, whole calls, counts in the last line. */
import { listAt, reach, textAt } from './reach.ts';
import { counted, cut, type HeardTurn, noTurn, type Speaker, type Written } from './sayings.ts';

const facts = { model: 'qwen-wire', created_at: '2025-11-20T00:53:20.123456789Z' };

function ending({ finish }: Written): object {
  return {
    done: true,
    done_reason: finish === 'length' ? 'length' : 'stop',
    total_duration: 900_000_000,
    load_duration: 1_000_000,
    prompt_eval_count: counted.input,
    prompt_eval_duration: 100_000_000,
    eval_count: counted.output,
    eval_duration: 500_000_000,
  };
}

const toolCalls = ({ calls = [] }: Written) =>
  calls.map(({ name, args, id }, index) => ({ id, function: { index, name, arguments: args } }));

function readMessage(message: unknown): HeardTurn {
  const content = textAt(message, 'content');
  const role = textAt(message, 'role');
  if (role === 'tool') {
    const named = textAt(message, 'tool_name') || textAt(message, 'name') || null;
    return { ...noTurn, role, results: [{ id: textAt(message, 'tool_call_id') || null, name: named, text: content }] };
  }
  return {
    ...noTurn,
    role: role === 'assistant' ? role : 'user',
    text: content,
    files: listAt(message, 'images').map((data) => ({ mediaType: 'image/png', data: String(data) })),
    calls: listAt(message, 'tool_calls').map((call) => ({
      id: textAt(call, 'id') || null,
      name: textAt(call, 'function', 'name'),
      args: reach(call, 'function', 'arguments'),
    })),
  };
}

const errors: Pick<Speaker, 'dialect' | 'streamType' | 'error' | 'errorFrame'> = {
  dialect: 'ollama',
  streamType: 'application/x-ndjson',
  error: (_status, words) => ({ error: words }),
  errorFrame: (words) => `${JSON.stringify({ error: words })}\n`,
};

const generateSpeaker: Speaker = {
  ...errors,
  whole: (written) => {
    const { text = '', refusal = '', reasoning } = written;
    const response = text + refusal;
    return { ...facts, response, ...(reasoning !== undefined && { thinking: reasoning }), ...ending(written), context: [1, 2] };
  },
  stream(written) {
    const { text = '', refusal = '', reasoning = '' } = written;
    const line = (words: object): object => ({ ...facts, response: '', ...words, done: false });
    return [
      ...cut(reasoning).map((thinking) => line({ thinking })),
      ...cut(text + refusal).map((response) => line({ response })),
      { ...facts, response: '', ...ending(written), context: [1, 2] },
    ].map((value) => `${JSON.stringify(value)}\n`);
  },
  hear(target, body) {
    const images = listAt(body, 'images').map((data) => ({ mediaType: 'image/png', data: String(data) }));
    return {
      ...ollamaSpeaker.hear(target, body),
      system: textAt(body, 'system'),
      turns: [{ ...noTurn, role: 'user', text: textAt(body, 'prompt'), files: images }],
      suffix: reach(body, 'suffix'),
    };
  },
};

export const ollamaSpeaker: Speaker = {
  ...errors,
  other: { path: '/api/generate', speaker: generateSpeaker },
  whole(written) {
    const { text = '', refusal = '', reasoning, calls } = written;
    const message = {
      role: 'assistant',
      content: text + refusal,
      ...(reasoning !== undefined && { thinking: reasoning }),
      ...(calls && { tool_calls: toolCalls(written) }),
    };
    return { ...facts, message, ...ending(written) };
  },
  stream(written) {
    const { text = '', refusal = '', reasoning = '' } = written;
    const line = (message: object): object => ({
      ...facts,
      message: { role: 'assistant', content: '', ...message },
      done: false,
    });
    return [
      ...cut(reasoning).map((thinking) => line({ thinking })),
      ...cut(text + refusal).map((content) => line({ content })),
      ...toolCalls(written).map((call) => line({ tool_calls: [call] })),
      { ...facts, message: { role: 'assistant', content: '' }, ...ending(written) },
    ].map((value) => `${JSON.stringify(value)}\n`);
  },
  hear(_target, body) {
    const messages = listAt(body, 'messages');
    return {
      model: textAt(body, 'model'),
      stream: reach(body, 'stream') !== false,
      system: messages
        .filter((message) => textAt(message, 'role') === 'system')
        .map((message) => textAt(message, 'content'))
        .join('\n'),
      turns: messages.filter((message) => textAt(message, 'role') !== 'system').map(readMessage),
      tools: listAt(body, 'tools').map((tool) => ({
        name: textAt(tool, 'function', 'name'),
        schema: reach(tool, 'function', 'parameters'),
      })),
      schema: reach(body, 'format'),
      maxTokens: reach(body, 'options', 'num_predict'),
      thinks: reach(body, 'think') !== undefined && reach(body, 'think') !== false,
    };
  },
};
