/** The first requests after a start find models whose lists are only being fetched. */
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { openAiScript } from '../support/openai-script.ts';
import { startScriptedUpstream } from '../support/scripted-upstream.ts';
import { startGateway } from '../support/start-gateway.ts';
import { after } from '../support/upstream-answers.ts';

test.each(['gpt-test', 'fast'])('a bare model and an alias of one wait for the list, instead of a refusal: %s', async (model) => {
  const answerAsOpenAi = openAiScript();
  await using upstream = await startScriptedUpstream(async (request) => {
    const answer = await answerAsOpenAi(request);
    return request.method === 'GET' ? after(1_000, answer) : answer;
  });
  await using gateway = await startGateway({
    config: {
      version: 1,
      providers: [{ id: 'lab', kind: 'openai-compatible', baseUrl: upstream.baseUrl }],
      aliases: { fast: { targets: ['gpt-test'] } },
    },
  });
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.clientKey });
  const answer = await client.chat.completions.create({ model, messages: [{ role: 'user', content: 'hi' }] });
  expect(answer.choices[0]?.message.content).toBe('Hello from upstream.');
});
