/** The scripted model behind Anthropic's messages. */
import { type Answer, json, stream } from '../upstream-answers.ts';
import { type AskedTurn, counts, type ModelTurn, piecesOf } from './agent-turn.ts';
import { badNames, type Body, bodyOf, listOf, textOf, unknownFields } from './reading.ts';

const known = (
  'model messages system tools tool_choice max_tokens stream stop_sequences temperature top_p top_k thinking output_config ' +
  'metadata service_tier cache_control'
).split(' ');

export function readAnthropic(body: Body): AskedTurn {
  const messages = listOf(body.messages);
  const tools = listOf(body.tools);
  const blocks = messages.flatMap(({ content }) => listOf(content));
  const results = blocks.filter((one) => one.type === 'tool_result');
  const wantsReasoning = ['enabled', 'adaptive'].includes(String(bodyOf(body.thinking).type));
  return {
    model: String(body.model),
    isStream: body.stream === true,
    tools: tools.map(({ name, input_schema: schema }) => ({ name: String(name), isCustom: false, schema: bodyOf(schema) })),
    results: results.map(({ content }) => textOf(content)),
    seals: wantsReasoning ? blocks.filter(({ type }) => type === 'thinking').map(({ signature }) => String(signature)) : null,
    wantsReasoning,
    wantsJson: bodyOf(body.output_config).format !== undefined,
    faults: [
      ...unknownFields(body, known, 'the request'),
      ...badNames(
        tools.map(({ name }) => String(name)),
        /^[a-zA-Z0-9_-]{1,128}$/,
      ),
      ...(typeof body.max_tokens === 'number' ? [] : ['max_tokens is missing']),
      ...(Number(bodyOf(body.thinking).budget_tokens ?? 0) < Number(body.max_tokens) ? [] : ['the budget is above max_tokens']),
      ...unansweredUses(messages),
      ...(bodyOf(body.thinking).type === 'enabled' ? thoughtlessCalls(messages) : []),
      ...emptyTexts(blocks),
    ],
  };
}

/** Every `tool_use` must be answered at the beginning of the next message. */
function unansweredUses(messages: readonly Body[]): string[] {
  return messages.flatMap(({ role, content }, index) => {
    const blocks = listOf(content);
    const uses = blocks.filter(({ type }) => type === 'tool_use').map(({ id }) => String(id));
    const next = listOf(messages[index + 1]?.content).filter(({ type }) => type === 'tool_result');
    const answered = next.map(({ tool_use_id: id }) => String(id));
    const missing = uses.filter((id) => !answered.includes(id));
    const bad = uses.filter((id) => !/^[a-zA-Z0-9_-]+$/.test(id));
    const misplaced = uses.length > 0 && role !== 'assistant';
    return [
      ...missing.map((id) => `${id} is not answered in the next message`),
      ...bad.map((id) => `${id} is no legal id`),
      ...(misplaced ? ['a call by the user'] : []),
    ];
  });
}

/** A model that thinks must find its thoughts before the calls that were just answered. */
function thoughtlessCalls(messages: readonly Body[]): string[] {
  const answers = listOf(messages.at(-1)?.content).some(({ type }) => type === 'tool_result');
  const [first] = listOf(messages.at(-2)?.content);
  return answers && !String(first?.type).endsWith('thinking') ? ['the turn with calls does not begin with its thoughts'] : [];
}

function emptyTexts(blocks: readonly Body[]): string[] {
  return blocks.filter(({ type, text }) => type === 'text' && text === '').map(() => 'a text block is empty');
}

const inputUsage = {
  input_tokens: counts.input - counts.cached,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: counts.cached,
};

export function writeAnthropic(turn: ModelTurn): Answer {
  const head = { id: 'msg_1', type: 'message', role: 'assistant', model: turn.model };
  const end = { stop_reason: turn.calls.length > 0 ? 'tool_use' : 'end_turn', stop_sequence: null };
  const usage = { ...inputUsage, output_tokens: counts.output };
  if (!turn.isStream) return json({ ...head, content: wholeBlocks(turn), ...end, usage });
  const message = { ...head, content: [], stop_reason: null, stop_sequence: null, usage: { ...inputUsage, output_tokens: 1 } };
  const events: StreamEvent[] = [
    { type: 'message_start', message },
    { type: 'ping' },
    ...streamedBlocks(turn),
    { type: 'message_delta', delta: end, usage: { output_tokens: counts.output } },
    { type: 'message_stop' },
  ];
  return stream(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`));
}

function wholeBlocks({ thoughts, text, calls, seal }: ModelTurn): object[] {
  return [
    ...(thoughts === null ? [] : [{ type: 'thinking', thinking: thoughts, signature: seal }]),
    { type: 'text', text },
    ...calls.map(({ id, tool, input }) => ({ type: 'tool_use', id, name: tool.name, input: bodyOf(JSON.parse(input)) })),
  ];
}

type StreamEvent = Readonly<Record<string, unknown>> & { readonly type: string };

interface StreamedBlock {
  readonly start: object;
  readonly deltas: readonly object[];
}

function streamedBlocks({ thoughts, text, calls, seal }: ModelTurn): StreamEvent[] {
  const thinking: StreamedBlock = {
    start: { type: 'thinking', thinking: '', signature: '' },
    deltas: [
      ...piecesOf(thoughts ?? '').map((piece) => ({ type: 'thinking_delta', thinking: piece })),
      { type: 'signature_delta', signature: seal },
    ],
  };
  const blocks: StreamedBlock[] = [
    ...(thoughts === null ? [] : [thinking]),
    { start: { type: 'text', text: '' }, deltas: piecesOf(text).map((piece) => ({ type: 'text_delta', text: piece })) },
    ...calls.map(({ id, tool, input }) => ({
      start: { type: 'tool_use', id, name: tool.name, input: {} },
      deltas: piecesOf(input).map((piece) => ({ type: 'input_json_delta', partial_json: piece })),
    })),
  ];
  return blocks.flatMap(({ start, deltas }, index) => [
    { type: 'content_block_start', index, content_block: start },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ]);
}
