/** What we write, read by Vercel's AI SDK, which checks every event against a schema of its own. */
import { createAnthropic } from '@ai-sdk/anthropic';
import { describe, expect, test } from 'vitest';
import { encodeAnswer } from '../../../../gateway/dialects/anthropic-messages/answer/encode-answer.ts';
import { decodeRequest } from '../../../../gateway/dialects/anthropic-messages/request/decode-request.ts';
import { answerOptions, encodeStream } from './codec-driver.ts';
import { interleaved } from './written-answers.ts';

const prompt = [
  { role: 'system' as const, content: 'Be kind.' },
  { role: 'user' as const, content: [{ type: 'text' as const, text: 'Hi' }] },
];

function modelOf(text: string, contentType: string) {
  const sent: unknown[] = [];
  const fetch = async (_url: unknown, init?: { readonly body?: unknown }): Promise<Response> => {
    sent.push(JSON.parse(String(init?.body)));
    return new Response(text, { headers: { 'content-type': contentType } });
  };
  return { model: createAnthropic({ apiKey: 'k', fetch })('claude-sonnet-4-5'), sent };
}

async function allOf<Part>(stream: AsyncIterable<Part>): Promise<Part[]> {
  const parts: Part[] = [];
  for await (const part of stream) parts.push(part);
  return parts;
}

describe('the AI SDK', () => {
  test('reads our stream event by event', async () => {
    const { model, sent } = modelOf(encodeStream(interleaved), 'text/event-stream');
    const { stream } = await model.doStream({ prompt });
    const parts = await allOf(stream);
    expect(parts.filter(({ type }) => type === 'error')).toEqual([]);
    expect(parts.filter((part) => part.type === 'tool-call')).toMatchObject([
      { toolCallId: 'call_0', toolName: 'tool_0', input: '{"city":"Oslo"}' },
      { toolCallId: 'call_1', toolName: 'tool_1', input: '{"n":2}' },
    ]);
    expect(parts.at(-1)).toMatchObject({
      type: 'finish',
      finishReason: { unified: 'tool-calls' },
      usage: { inputTokens: { total: 30, cacheRead: 20 }, outputTokens: { total: 9 } },
    });
    expect(decodeRequest(sent[0]).messages.map(({ role }) => role)).toEqual(['system', 'user']);
  });

  test('reads our whole answer', async () => {
    const { model } = modelOf(JSON.stringify(encodeAnswer(interleaved, answerOptions())), 'application/json');
    const { content, finishReason } = await model.doGenerate({ prompt });
    expect(content.map(({ type }) => type)).toEqual(['reasoning', 'text', 'tool-call', 'reasoning', 'tool-call', 'text']);
    expect(finishReason).toMatchObject({ unified: 'tool-calls', raw: 'tool_use' });
  });
});
