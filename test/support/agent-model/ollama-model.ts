/** The scripted model behind Ollama's own format: lines of JSON, calls whole and without streaming of their arguments. */
import { type Answer, json, stream } from '../upstream-answers.ts';
import { type AskedTurn, counts, type ModelTurn, piecesOf } from './agent-turn.ts';
import { badNames, type Body, bodyOf, listOf, textOf, unknownFields } from './reading.ts';

const known = 'model messages tools stream format options think keep_alive logprobs top_logprobs truncate shift'.split(' ');

export function readOllama(body: Body): AskedTurn {
  const messages = listOf(body.messages);
  const tools = listOf(body.tools).map((tool) => bodyOf(tool.function));
  return {
    model: String(body.model),
    isStream: body.stream !== false,
    tools: tools.map(({ name, parameters }) => ({ name: String(name), isCustom: false, schema: bodyOf(parameters) })),
    results: messages.filter(({ role }) => role === 'tool').map(({ content }) => textOf(content)),
    seals: null,
    wantsReasoning: body.think !== false,
    wantsJson: body.format !== undefined && body.format !== null,
    faults: [
      ...unknownFields(body, known, 'the request'),
      ...badNames(
        tools.map(({ name }) => String(name)),
        /^.+$/,
      ),
      ...messages
        .filter(({ content }) => typeof content !== 'string')
        .map(({ role }) => `a message of ${String(role)} is no text`),
      ...listOf(messages.flatMap((message) => listOf(message.tool_calls)))
        .filter((call) => typeof bodyOf(call.function).arguments !== 'object')
        .map(() => 'arguments of a call are no object'),
    ],
  };
}

export function writeOllama(turn: ModelTurn): Answer {
  const head = { model: turn.model, created_at: '2026-11-20T10:00:00.123456789Z' };
  const end = {
    done: true,
    done_reason: 'stop',
    total_duration: 4_000_000,
    load_duration: 1_000_000,
    prompt_eval_count: counts.input,
    prompt_eval_duration: 1_000_000,
    eval_count: counts.output,
    eval_duration: 2_000_000,
  };
  const calls = turn.calls.map(({ tool, input }, index) => ({
    function: { index, name: tool.name, arguments: bodyOf(JSON.parse(input)) },
  }));
  const said = { role: 'assistant', content: turn.text, ...(turn.thoughts !== null && { thinking: turn.thoughts }) };
  if (!turn.isStream) return json({ ...head, message: { ...said, ...(calls.length > 0 && { tool_calls: calls }) }, ...end });
  const messages: object[] = [
    ...piecesOf(turn.thoughts ?? '').map((piece) => ({ role: 'assistant', content: '', thinking: piece })),
    ...piecesOf(turn.text).map((piece) => ({ role: 'assistant', content: piece })),
    ...calls.map((call) => ({ role: 'assistant', content: '', tool_calls: [call] })),
  ];
  const lines = [
    ...messages.map((message) => ({ ...head, message, done: false })),
    { ...head, message: { role: 'assistant', content: '' }, ...end },
  ];
  return stream(
    lines.map((line) => `${JSON.stringify(line)}\n`),
    { headers: { 'content-type': 'application/x-ndjson' } },
  );
}
