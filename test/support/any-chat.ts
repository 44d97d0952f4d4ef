/** Any request and any answer that every dialect has words for, and what they mean whatever the words. */
import fc from 'fast-check';
import { collectAnswer } from '../../gateway/chat/collect-answer.ts';
import type { ChatEvent } from '../../gateway/chat/event.ts';
import type { ChatMessage, ChatRequest, ContentPart } from '../../gateway/chat/request.ts';
import { unknownUsage } from '../../gateway/chat/usage.ts';

/** Blank ends are the dialects' own business: some take them off. */
const words = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => `x${text}y`);
const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,20}$/);
const args = fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 });

const png: ContentPart = { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgo=' } };
const textPart = words.map((text): ContentPart => ({ type: 'text', text }));
const user = fc
  .tuple(textPart, fc.boolean())
  .map(([part, sees]): ChatMessage => ({ role: 'user', parts: sees ? [part, png] : [part] }));
const says = textPart.map((part): ChatMessage => ({ role: 'assistant', parts: [part] }));

/** An assistant's turn with calls, and all their results. */
const calling = fc.tuple(fc.option(textPart), fc.array(fc.tuple(name, args, words), { minLength: 1, maxLength: 3 }));

function loop([said, calls]: readonly [ContentPart | null, readonly (readonly [string, object, string])[]], turn: number) {
  const id = (index: number): string => `call_${turn}_${index}`;
  const parts = calls.map(
    ([called, input], index): ContentPart => ({
      type: 'tool-call',
      id: id(index),
      name: called,
      kind: 'function',
      input: JSON.stringify(input),
    }),
  );
  const results = calls.map(
    ([called, , result], index): ContentPart => ({
      type: 'tool-result',
      callId: id(index),
      name: called,
      content: [{ type: 'text', text: result }],
      isError: false,
    }),
  );
  const asked: ChatMessage = { role: 'assistant', parts: said ? [said, ...parts] : parts };
  return [asked, { role: 'tool', parts: results } satisfies ChatMessage];
}

const turn = fc.tuple(user, fc.oneof(says, calling));

const fields = fc.record(
  {
    temperature: fc.integer({ min: 0, max: 10 }).map((tenth) => tenth / 10),
    stop: fc.uniqueArray(words, { minLength: 1, maxLength: 3 }),
    parallelToolCalls: fc.boolean(),
  },
  { requiredKeys: [] },
);

/** Ends with a question of the user's; offers every tool that was called. */
export const anyRequest: fc.Arbitrary<ChatRequest> = fc
  .tuple(
    fc.option(words),
    fc.array(turn, { maxLength: 3 }),
    user,
    fields,
    fc.option(fc.integer({ min: 1, max: 4000 })),
    fc.boolean(),
  )
  .map(([system, turns, last, some, maxOutputTokens, stream]) => {
    const said = turns.flatMap(([asked, answer], index) =>
      Array.isArray(answer) ? [asked, ...loop(answer, index)] : [asked, answer],
    ) as readonly ChatMessage[];
    const called = new Set(said.flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'tool-call' ? [part.name] : []))));
    const instructions: readonly ChatMessage[] =
      system === null ? [] : [{ role: 'system', parts: [{ type: 'text', text: system }] }];
    return {
      model: 'm',
      messages: [...instructions, ...said, last],
      tools: [...called].map((one) => ({
        kind: 'function' as const,
        name: one,
        description: `What ${one} does.`,
        parameters: { type: 'object', properties: { a: { type: 'string' } } },
      })),
      toolChoice: { type: 'auto' },
      responseFormat: { type: 'text' },
      maxOutputTokens,
      stream,
      streamUsage: stream,
      unread: [],
      ...some,
    };
  });

/** What was asked: turns of one role joined, calls with their results by place. */
export function meaningOfRequest({ messages, tools, maxOutputTokens }: ChatRequest) {
  const turns: { role: string; text: string; images: number; calls: unknown[]; results: unknown[] }[] = [];
  const ids: string[] = [];
  for (const { role: written, parts } of messages) {
    const role = written === 'developer' ? 'system' : written;
    if (turns.at(-1)?.role !== role) turns.push({ role, text: '', images: 0, calls: [], results: [] });
    const last = turns.at(-1);
    if (!last) continue;
    for (const part of parts) {
      if (part.type === 'text') last.text += part.text;
      if (part.type === 'image') last.images += 1;
      if (part.type === 'tool-call') {
        ids.push(part.id);
        last.calls.push({ name: part.name, args: JSON.parse(part.input) as unknown });
      }
      if (part.type === 'tool-result') {
        last.results.push({
          of: ids.lastIndexOf(part.callId),
          text: part.content.map((one) => (one.type === 'text' ? one.text : '')).join(''),
        });
      }
    }
  }
  return { turns, tools: tools.map((tool) => tool.name), maxOutputTokens };
}

const passage = fc.oneof(
  words.map((text): readonly ChatEvent[] => [{ type: 'text', text }]),
  words.map((text): readonly ChatEvent[] => [
    { type: 'reasoning', text },
    { type: 'reasoning-end', seal: null, redacted: false },
  ]),
  fc.tuple(name, args, fc.nat(9)).map(([called, input, cut]): readonly ChatEvent[] => {
    const json = JSON.stringify(input);
    return [
      { type: 'tool-start', index: 0, id: '', name: called, kind: 'function' },
      { type: 'tool-input', index: 0, text: json.slice(0, cut) },
      { type: 'tool-input', index: 0, text: json.slice(cut) },
      { type: 'tool-end', index: 0 },
    ];
  }),
);

/** A whole answer: passages and calls in any order, counted. */
export const anyAnswer: fc.Arbitrary<readonly ChatEvent[]> = fc
  .tuple(fc.array(passage, { maxLength: 6 }), fc.constantFrom('stop', 'length'), fc.nat(5000), fc.nat(5000))
  .map(([passages, reason, input, output]) => {
    let calls = -1;
    const content = passages.flat().map((event): ChatEvent => {
      if (event.type === 'tool-start') return { ...event, index: (calls += 1), id: `call_${calls}` };
      return event.type === 'tool-input' || event.type === 'tool-end' ? { ...event, index: calls } : event;
    });
    return [
      { type: 'start', id: 'a', model: 'm', createdAtSeconds: 1 },
      ...content,
      { type: 'usage', usage: { ...unknownUsage, inputTokens: input, outputTokens: output }, raw: {} },
      { type: 'finish', reason: calls >= 0 && reason === 'stop' ? 'tool-calls' : reason },
    ];
  });

/** What was answered; the order of text and calls is not every dialect's to say. */
export function meaningOfAnswer(events: readonly ChatEvent[]) {
  const { choices, usage } = collectAnswer(events);
  const [{ parts, reason }] = choices;
  const joined = (type: 'text' | 'reasoning') => parts.map((part) => (part.type === type ? part.text : '')).join('');
  return {
    text: joined('text'),
    reasoning: joined('reasoning').replaceAll('\n\n', ''),
    calls: parts.flatMap((part) =>
      part.type === 'tool-call' ? [{ name: part.name, args: JSON.parse(part.input || '{}') as unknown }] : [],
    ),
    reason,
    usage: [usage?.inputTokens, usage?.outputTokens],
  };
}
