/** The scripted model behind OpenAI's chat format. */
import { type Answer, json, sse } from '../upstream-answers.ts';
import { type AskedTurn, counts, type ModelTurn, piecesOf } from './agent-turn.ts';
import { badNames, type Body, bodyOf, listOf, textOf, unknownFields } from './reading.ts';

const known = (
  'model messages tools tool_choice parallel_tool_calls stream stream_options max_tokens max_completion_tokens temperature top_p top_k ' +
  'stop n seed frequency_penalty presence_penalty logprobs top_logprobs logit_bias response_format reasoning_effort verbosity ' +
  'service_tier user metadata store prompt_cache_key safety_identifier'
).split(' ');

export function readChat(body: Body): AskedTurn {
  const messages = listOf(body.messages);
  const tools = listOf(body.tools).map((tool) => bodyOf(tool.function));
  const results = messages.filter(({ role }) => role === 'tool');
  const faults = [
    ...unknownFields(body, known, 'the request'),
    ...badNames(
      tools.map(({ name }) => String(name)),
      /^[a-zA-Z0-9_-]{1,64}$/,
    ),
    ...unansweredCalls(messages),
  ];
  return {
    model: String(body.model),
    isStream: body.stream === true,
    tools: tools.map(({ name, parameters }) => ({ name: String(name), isCustom: false, schema: bodyOf(parameters) })),
    results: results.map(({ content }) => textOf(content)),
    seals: null,
    wantsReasoning: true,
    wantsJson: body.response_format !== undefined,
    faults,
  };
}

/** Calls must be answered by the very next messages, and results must have a call. */
function unansweredCalls(messages: readonly Body[]): string[] {
  const faults: string[] = [];
  let open: string[] = [];
  for (const message of messages) {
    if (message.role === 'tool') {
      const id = String(message.tool_call_id);
      if (!open.includes(id)) faults.push(`the result of ${id} follows no call`);
      open = open.filter((one) => one !== id);
    } else {
      if (open.length > 0) faults.push(`${open.join()} is not answered by a result`);
      open = listOf(message.tool_calls).map(({ id }) => String(id));
    }
  }
  return faults;
}

const usage = {
  prompt_tokens: counts.input,
  completion_tokens: counts.output,
  total_tokens: counts.input + counts.output,
  prompt_tokens_details: { cached_tokens: counts.cached },
  completion_tokens_details: { reasoning_tokens: counts.reasoning },
};

/** @param body says whether usage is streamed */
export function writeChat(turn: ModelTurn, body: Body): Answer {
  const head = { id: 'chatcmpl-1', created: 1_763_600_000, model: turn.model, system_fingerprint: null };
  const reason = turn.calls.length > 0 ? 'tool_calls' : 'stop';
  const calls = turn.calls.map(({ id, tool, input }) => ({
    id,
    type: 'function',
    function: { name: tool.name, arguments: input },
  }));
  if (!turn.isStream) {
    const spoken = { role: 'assistant', content: turn.text, ...(turn.thoughts !== null && { reasoning_content: turn.thoughts }) };
    const message = { ...spoken, ...(calls.length > 0 && { tool_calls: calls }) };
    return json({ ...head, object: 'chat.completion', choices: [{ index: 0, message, finish_reason: reason }], usage });
  }
  const deltas: object[] = [
    { role: 'assistant', content: '' },
    ...piecesOf(turn.thoughts ?? '').map((piece) => ({ reasoning_content: piece })),
    ...piecesOf(turn.text).map((piece) => ({ content: piece })),
    ...calls.flatMap((call, index) => [
      { tool_calls: [{ ...call, index, function: { name: call.function.name, arguments: '' } }] },
      ...piecesOf(call.function.arguments).map((piece) => ({ tool_calls: [{ index, function: { arguments: piece } }] })),
    ]),
  ];
  const chunk = (choices: readonly object[], more: object = {}) => ({
    ...head,
    object: 'chat.completion.chunk',
    choices,
    ...more,
  });
  const withUsage = bodyOf(body.stream_options).include_usage === true;
  return sse([
    ...deltas.map((delta) => chunk([{ index: 0, delta, finish_reason: null }])),
    chunk([{ index: 0, delta: {}, finish_reason: reason }]),
    ...(withUsage ? [chunk([], { usage })] : []),
    '[DONE]',
  ]);
}
