/** What decides a price beside the counts is kept with them; everything else stays as its provider wrote it. */
import { expect, test } from 'vitest';
import { createOpenAiStreamReader } from '../../../../gateway/dialects/openai/stream-reader.ts';
import { readWholeAnswer } from '../../../../gateway/dialects/openai/read-whole.ts';
import { createStreamReader as createResponsesStreamReader } from '../../../../gateway/dialects/openai/responses/passthrough/stream-reader.ts';
import { readWhole } from '../../../../gateway/dialects/openai/responses/passthrough/read-whole.ts';

const usage = { prompt_tokens: 5, completion_tokens: 6, total_tokens: 11 };
const counts = { input_tokens: 5, output_tokens: 6, total_tokens: 11 };
const searched = { image_gen: { input_tokens: 0 }, web_search: { num_requests: 2 } };

const whole = (fields: object) => readWholeAnswer(Buffer.from(JSON.stringify({ choices: [], usage, ...fields }))).rawUsageJson;
const wholeResponse = (fields: object) =>
  readWhole(Buffer.from(JSON.stringify({ output: [], usage: counts, ...fields }))).rawUsageJson;

test('a whole answer’s service tier and searches are kept with its usage', () => {
  expect(JSON.parse(whole({ service_tier: 'flex' }) ?? '')).toEqual({ ...usage, service_tier: 'flex' });
  expect(JSON.parse(wholeResponse({ service_tier: 'priority', tool_usage: searched }) ?? '')).toEqual({
    ...counts,
    service_tier: 'priority',
    tool_usage: { web_search: { num_requests: 2 } },
  });
});

test('the usual ones leave the usage as its provider wrote it, to the byte', () => {
  const body =
    '{"service_tier":"default","tool_usage":{"web_search":{"num_requests":0}},"output":[],"usage":{"input_tokens": 5,"output_tokens":6 }}';
  expect(readWhole(Buffer.from(body)).rawUsageJson).toBe('{"input_tokens": 5,"output_tokens":6 }');
  for (const tier of ['auto', 'on_demand', 'standard', null]) expect(whole({ service_tier: tier })).toBe(JSON.stringify(usage));
});

test('a stream’s are kept from the event that holds its usage', () => {
  const chat = createOpenAiStreamReader();
  chat.read(JSON.stringify({ choices: [], service_tier: 'priority', usage }), null);
  expect(JSON.parse(chat.rawUsageJson ?? '')).toEqual({ ...usage, service_tier: 'priority' });
  const responses = createResponsesStreamReader();
  responses.read(
    JSON.stringify({ type: 'response.completed', response: { service_tier: 'flex', tool_usage: searched, usage: counts } }),
    null,
  );
  expect(JSON.parse(responses.rawUsageJson ?? '')).toEqual({
    ...counts,
    service_tier: 'flex',
    tool_usage: { web_search: { num_requests: 2 } },
  });
});
