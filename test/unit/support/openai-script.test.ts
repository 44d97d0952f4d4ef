/** The OpenAI-like script must satisfy the official SDK by itself before it may prove anything about the gateway. */
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { openAiScript } from '../../support/openai-script.ts';
import { startScriptedUpstream } from '../../support/scripted-upstream.ts';

const messages = [{ role: 'user' as const, content: 'hi' }];

test('the official SDK reads its text, streams, tool calls, completions, embeddings and models', async () => {
  await using upstream = await startScriptedUpstream(openAiScript({ text: 'one two', toolArguments: { city: 'Oslo' } }));
  const client = new OpenAI({ baseURL: upstream.baseUrl, apiKey: 'k', maxRetries: 0 });
  const whole = await client.chat.completions.create({ model: 'm', messages });
  expect([whole.choices[0]?.message.content, whole.usage?.total_tokens]).toEqual(['one two', 34]);

  const tools = [{ type: 'function' as const, function: { name: 'weather', parameters: { type: 'object', properties: {} } } }];
  const streamed = client.chat.completions.stream({ model: 'm', messages, tools, stream_options: { include_usage: true } });
  const called = await streamed.finalChatCompletion();
  expect(called.choices[0]?.message.tool_calls?.[0]).toMatchObject({
    function: { name: 'weather', arguments: '{"city":"Oslo"}' },
  });
  expect(called.usage?.completion_tokens).toBe(13);

  expect((await client.completions.create({ model: 'm', prompt: 'p' })).choices[0]?.text).toBe('one two');
  const embedded = await client.embeddings.create({ model: 'm', input: ['a', 'b'] });
  expect(embedded.data.map(({ embedding }) => embedding)).toEqual([
    [0.5, -0.25, 0.125],
    [0.5, -0.25, 0.125],
  ]);
  expect((await client.models.list()).data.map(({ id }) => id)).toEqual(['gpt-test']);
  await expect(client.models.retrieve('x')).rejects.toThrow('404');
});
