/** Speaks OpenAI's Responses format as OpenAI's servers do. */
import { listAt, reach, textAt, wordsOf } from './reach.ts';
import { counted, created, cut, type HeardTurn, noTurn, readDataUrl, type Speaker, type Written } from './sayings.ts';

const usage = {
  input_tokens: counted.input,
  input_tokens_details: { cached_tokens: counted.cached },
  output_tokens: counted.output,
  output_tokens_details: { reasoning_tokens: counted.reasoning },
  total_tokens: counted.input + counted.output,
};

type Item = Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string };

function items({ reasoning, seal, text, refusal, calls = [] }: Written): readonly Item[] {
  const thoughts: Item[] = [];
  if (reasoning !== undefined || seal !== undefined) {
    const summary = reasoning === undefined ? [] : [{ type: 'summary_text', text: reasoning }];
    thoughts.push({ id: 'rs_1', type: 'reasoning', summary, ...(seal !== undefined && { encrypted_content: seal }) });
  }
  const content = [
    ...(text === undefined ? [] : [{ type: 'output_text', text, annotations: [], logprobs: [] }]),
    ...(refusal === undefined ? [] : [{ type: 'refusal', refusal }]),
  ];
  const said: readonly Item[] =
    content.length > 0 ? [{ id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content }] : [];
  const called = calls.map(({ id, name, args }, index) => ({
    id: `fc_${index}`,
    type: 'function_call',
    status: 'completed',
    call_id: id,
    name,
    arguments: JSON.stringify(args),
  }));
  return [...thoughts, ...said, ...called];
}

function response(status: string, output: readonly Item[], more: object): object {
  return {
    id: 'resp_1',
    object: 'response',
    created_at: created,
    model: 'gpt-wire',
    status,
    error: null,
    incomplete_details: null,
    instructions: null,
    output,
    parallel_tool_calls: true,
    tool_choice: 'auto',
    tools: [],
    usage: null,
    ...more,
  };
}

function ended(written: Written): object {
  const isShort = written.finish === 'length' || written.finish === 'content-filter';
  const reason = written.finish === 'length' ? 'max_output_tokens' : 'content_filter';
  const more = { usage, ...(isShort && { incomplete_details: { reason } }) };
  return response(isShort ? 'incomplete' : 'completed', items(written), more);
}

type Event = Readonly<Record<string, unknown>> & { readonly type: string };

function partEvents(item: Item, place: object): readonly Event[] {
  return listAt(item, 'content').flatMap((part, index): readonly Event[] => {
    const at = { ...place, item_id: item.id, content_index: index };
    const isText = textAt(part, 'type') === 'output_text';
    const kind = isText ? 'output_text' : 'refusal';
    const words = isText ? textAt(part, 'text') : textAt(part, 'refusal');
    const empty = isText ? { type: kind, text: '', annotations: [] } : { type: kind, refusal: '' };
    return [
      { type: 'response.content_part.added', ...at, part: empty },
      ...cut(words).map((delta) => ({ type: `response.${kind}.delta`, ...at, delta, ...(isText && { logprobs: [] }) })),
      { type: `response.${kind}.done`, ...at, ...(isText ? { text: words, logprobs: [] } : { refusal: words }) },
      { type: 'response.content_part.done', ...at, part },
    ];
  });
}

function itemEvents(item: Item, index: number): readonly Event[] {
  const place = { output_index: index };
  const at = { ...place, item_id: item.id };
  const empty = { ...item, status: 'in_progress' };
  if (item.type === 'message') {
    const added = { type: 'response.output_item.added', ...place, item: { ...empty, content: [] } };
    return [added, ...partEvents(item, place), { type: 'response.output_item.done', ...place, item }];
  }
  if (item.type === 'function_call') {
    const json = textAt(item, 'arguments');
    return [
      { type: 'response.output_item.added', ...place, item: { ...empty, arguments: '' } },
      ...cut(json).map((delta) => ({ type: 'response.function_call_arguments.delta', ...at, delta })),
      { type: 'response.function_call_arguments.done', ...at, name: item['name'], arguments: json },
      { type: 'response.output_item.done', ...place, item },
    ];
  }
  const summary = listAt(item, 'summary').flatMap((part, summaryIndex): readonly Event[] => {
    const where = { ...at, summary_index: summaryIndex };
    const words = textAt(part, 'text');
    return [
      { type: 'response.reasoning_summary_part.added', ...where, part: { type: 'summary_text', text: '' } },
      ...cut(words).map((delta) => ({ type: 'response.reasoning_summary_text.delta', ...where, delta })),
      { type: 'response.reasoning_summary_text.done', ...where, text: words },
      { type: 'response.reasoning_summary_part.done', ...where, part },
    ];
  });
  const added = { type: 'response.output_item.added', ...place, item: { id: item.id, type: 'reasoning', summary: [] } };
  return [added, ...summary, { type: 'response.output_item.done', ...place, item }];
}

function readItem(item: unknown): HeardTurn | null {
  const type = textAt(item, 'type');
  if (type === 'function_call') {
    const call = {
      id: textAt(item, 'call_id'),
      name: textAt(item, 'name'),
      args: JSON.parse(textAt(item, 'arguments')) as unknown,
    };
    return { ...noTurn, role: 'assistant', calls: [call] };
  }
  if (type === 'function_call_output') {
    const results = [{ id: textAt(item, 'call_id'), name: null, text: wordsOf(reach(item, 'output')) }];
    return { ...noTurn, role: 'tool', results };
  }
  if (type === 'reasoning') {
    const seal = textAt(item, 'encrypted_content');
    return { ...noTurn, role: 'assistant', seals: seal === '' ? [] : [seal] };
  }
  const role = textAt(item, 'role');
  if (role === 'system' || role === 'developer') return null;
  const content = reach(item, 'content');
  const files = listAt(content).flatMap((part) => {
    const url = textAt(part, 'image_url') || textAt(part, 'file_data') || textAt(part, 'file_url');
    return url === '' ? [] : [readDataUrl(url)];
  });
  return { ...noTurn, role: role === 'assistant' ? role : 'user', text: wordsOf(content), files };
}

export const openAiResponsesSpeaker: Speaker = {
  dialect: 'openai-responses',
  streamType: 'text/event-stream',
  whole: ended,
  stream(written) {
    const end = ended(written);
    const events: readonly Event[] = [
      { type: 'response.created', response: response('in_progress', [], {}) },
      { type: 'response.in_progress', response: response('in_progress', [], {}) },
      ...items(written).flatMap(itemEvents),
      { type: `response.${textAt(end, 'status')}`, response: end },
    ];
    return events.map(
      (event, index) => `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number: index })}\n\n`,
    );
  },
  error: (status, words) => ({
    error: { message: words, type: status === 429 ? 'rate_limit_exceeded' : 'invalid_request_error', param: null, code: null },
  }),
  errorFrame: (words) =>
    `event: error\ndata: ${JSON.stringify({ type: 'error', code: 'server_error', message: words, param: null, sequence_number: 9 })}\n\n`,
  hear(_target, body) {
    const input = reach(body, 'input');
    const all: readonly unknown[] = typeof input === 'string' ? [{ role: 'user', content: input }] : listAt(input);
    const system = all.filter((item) => ['system', 'developer'].includes(textAt(item, 'role')));
    return {
      model: textAt(body, 'model'),
      stream: reach(body, 'stream') === true,
      system: [textAt(body, 'instructions'), ...system.map((item) => wordsOf(reach(item, 'content')))].filter(Boolean).join('\n'),
      turns: all.flatMap((item) => readItem(item) ?? []),
      tools: listAt(body, 'tools').map((tool) => ({ name: textAt(tool, 'name'), schema: reach(tool, 'parameters') })),
      schema: reach(body, 'text', 'format', 'schema'),
      maxTokens: reach(body, 'max_output_tokens'),
      thinks: reach(body, 'reasoning') !== undefined,
    };
  },
};
