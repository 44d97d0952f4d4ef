/** The scripted model behind OpenAI's responses. */
import { type Answer, json, stream } from '../upstream-answers.ts';
import { type AskedTurn, counts, type ModelCall, type ModelTurn, type OfferedTool, piecesOf } from './agent-turn.ts';
import { badNames, type Body, bodyOf, listOf, textOf, unknownFields } from './reading.ts';

const known = (
  'model input instructions tools tool_choice parallel_tool_calls stream stream_options max_output_tokens max_tool_calls temperature ' +
  'top_p top_logprobs reasoning text include store metadata service_tier truncation previous_response_id conversation ' +
  'prompt_cache_key prompt_cache_retention safety_identifier user background client_metadata'
).split(' ');

export function readResponses(body: Body): AskedTurn {
  const input = listOf(body.input);
  const tools = listOf(body.tools);
  const results = input.filter((item) => String(item.type).endsWith('_call_output'));
  const include: readonly unknown[] = Array.isArray(body.include) ? body.include : [];
  const wantsReasoning = include.includes('reasoning.encrypted_content');
  return {
    model: String(body.model),
    isStream: body.stream === true,
    tools: tools.filter(({ type }) => type === 'function' || type === 'custom').map(offered),
    results: results.map(({ output }) => textOf(output)),
    seals: wantsReasoning ? input.filter(({ type }) => type === 'reasoning').map((item) => String(item.encrypted_content)) : null,
    wantsReasoning,
    wantsJson: ['json_schema', 'json_object'].includes(String(bodyOf(bodyOf(body.text).format).type)),
    faults: [
      ...unknownFields(body, known, 'the request'),
      ...badNames(
        tools.flatMap(({ name }) => (typeof name === 'string' ? [name] : [])),
        /^[a-zA-Z0-9_-]{1,64}$/,
      ),
      ...unpairedItems(input),
    ],
  };
}

function offered({ name, type, parameters }: Body): OfferedTool {
  return { name: String(name), isCustom: type === 'custom', schema: bodyOf(parameters) };
}

function unpairedItems(input: readonly Body[]): string[] {
  const ids = (ending: string) => input.filter(({ type }) => String(type).endsWith(ending)).map(({ call_id: id }) => String(id));
  const calls = ids('_call');
  const outputs = ids('_call_output');
  return [
    ...calls.filter((id) => !outputs.includes(id)).map((id) => `${id} has no output`),
    ...outputs.filter((id) => !calls.includes(id)).map((id) => `the output of ${id} has no call`),
  ];
}

const usage = {
  input_tokens: counts.input,
  input_tokens_details: { cached_tokens: counts.cached },
  output_tokens: counts.output,
  output_tokens_details: { reasoning_tokens: counts.reasoning },
  total_tokens: counts.input + counts.output,
};

type Item = Readonly<Record<string, unknown>> & { readonly id: string };

/** One output item: as it is announced, the events between, and whole. */
interface Streamed {
  readonly start: Item;
  readonly events: readonly Readonly<Record<string, unknown>>[];
  readonly whole: Item;
}

export function writeResponses(turn: ModelTurn): Answer {
  const items = [
    ...(turn.thoughts === null ? [] : [reasoningItem(turn.thoughts, turn.seal)]),
    messageItem(turn.text),
    ...turn.calls.map(callItem),
  ];
  const output = items.map(({ whole }) => whole);
  const response = { ...responseFacts, model: turn.model };
  if (!turn.isStream) return json({ ...response, status: 'completed', output, usage });
  const begun = { ...response, status: 'in_progress', output: [], usage: null };
  const events: Readonly<Record<string, unknown>>[] = [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    ...items.flatMap(({ start, events: between, whole }, index) => [
      { type: 'response.output_item.added', output_index: index, item: start },
      ...between.map((event) => ({ ...event, item_id: start.id, output_index: index })),
      { type: 'response.output_item.done', output_index: index, item: whole },
    ]),
    { type: 'response.completed', response: { ...response, status: 'completed', output, usage } },
  ];
  return stream(
    events.map(
      (event, number) => `event: ${String(event.type)}\ndata: ${JSON.stringify({ ...event, sequence_number: number })}\n\n`,
    ),
  );
}

const responseFacts = {
  id: 'resp_1',
  object: 'response',
  created_at: 1_763_600_000,
  error: null,
  incomplete_details: null,
  instructions: null,
  max_output_tokens: null,
  metadata: {},
  parallel_tool_calls: true,
  previous_response_id: null,
  reasoning: { effort: null, summary: null },
  store: false,
  temperature: 1,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: [],
  top_p: 1,
  truncation: 'disabled',
  user: null,
};

function reasoningItem(thoughts: string, seal: string): Streamed {
  const start = { id: 'rs_1', type: 'reasoning', summary: [], encrypted_content: null };
  const part = { type: 'summary_text', text: thoughts };
  return {
    start,
    events: [
      { type: 'response.reasoning_summary_part.added', summary_index: 0, part: { type: 'summary_text', text: '' } },
      ...piecesOf(thoughts).map((delta) => ({ type: 'response.reasoning_summary_text.delta', summary_index: 0, delta })),
      { type: 'response.reasoning_summary_text.done', summary_index: 0, text: thoughts },
      { type: 'response.reasoning_summary_part.done', summary_index: 0, part },
    ],
    whole: { ...start, summary: [part], encrypted_content: seal },
  };
}

function messageItem(text: string): Streamed {
  const item = { id: 'msg_1', type: 'message', role: 'assistant' };
  const part = { type: 'output_text', text, annotations: [], logprobs: [] };
  return {
    start: { ...item, status: 'in_progress', content: [] },
    events: [
      { type: 'response.content_part.added', content_index: 0, part: { ...part, text: '' } },
      ...piecesOf(text).map((delta) => ({ type: 'response.output_text.delta', content_index: 0, delta, logprobs: [] })),
      { type: 'response.output_text.done', content_index: 0, text, logprobs: [] },
      { type: 'response.content_part.done', content_index: 0, part },
    ],
    whole: { ...item, status: 'completed', content: [part] },
  };
}

function callItem({ id, tool, input }: ModelCall): Streamed {
  const [type, field, event] = tool.isCustom
    ? ['custom_tool_call', 'input', 'response.custom_tool_call_input']
    : ['function_call', 'arguments', 'response.function_call_arguments'];
  const item = { id: `fc_${id}`, type, call_id: id, name: tool.name };
  return {
    start: { ...item, status: 'in_progress', [field]: '' },
    events: [...piecesOf(input).map((delta) => ({ type: `${event}.delta`, delta })), { type: `${event}.done`, [field]: input }],
    whole: { ...item, status: 'completed', [field]: input },
  };
}
