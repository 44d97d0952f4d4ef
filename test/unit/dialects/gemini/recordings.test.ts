/** Every recorded answer of Gemini and Vertex means what an independent reader says it means, however it is cut. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';
import { collectAnswer, textOfAnswer } from '../../../../gateway/chat/collect-answer.ts';
import { GatewayError } from '../../../../gateway/chat/error.ts';
import type { ChatEvent } from '../../../../gateway/chat/event.ts';
import { encodeAnswer } from '../../../../gateway/dialects/gemini/answer/encode-answer.ts';
import { createStreamDecoder, decodeAnswer } from '../../../../gateway/dialects/gemini/answer/stream-decoder.ts';
import { createStreamEncoder } from '../../../../gateway/dialects/gemini/answer/stream-encoder.ts';
import { createGeminiStreamReader } from '../../../../gateway/dialects/gemini/passthrough/stream-reader.ts';
import { readEvents } from '../../../../gateway/dialects/sse/read-events.ts';
import { answerOptions } from './wire-samples.ts';

const fixtures = join(import.meta.dirname, '../../../../../shared/fixtures');
const folders = 'vercel-ai/packages/{google,google-vertex}/src/__fixtures__';
const streams = globSync(`${folders}/*.chunks.txt`, { cwd: fixtures }).toSorted();
const wholes = globSync(`${folders}/*.json`, { cwd: fixtures })
  .filter((path) => !/embedding|429/.test(path))
  .toSorted();

interface Expected {
  readonly text: string;
  readonly reasoning: string;
  readonly toolCalls: readonly { name: string; args: unknown }[];
  readonly finish: string;
  readonly usage: { readonly input: number; readonly output: number; readonly cached: number };
}

function readLines(path: string): string[] {
  return readFileSync(join(fixtures, path), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
}

async function expectedOf(events: readonly unknown[]): Promise<Expected> {
  const module = await import(pathToFileURL(join(fixtures, 'reader/canonical.mjs')).href);
  return module.gemini.stream(events);
}

/** What the events mean, in the words of the independent reader. */
function meaning(events: readonly ChatEvent[]): Expected {
  const answer = collectAnswer(events);
  const [choice] = answer.choices;
  return {
    text: textOfAnswer(choice),
    reasoning: choice.parts.map((part) => (part.type === 'reasoning' ? part.text : '')).join(''),
    toolCalls: choice.parts.flatMap((part) =>
      part.type === 'tool-call' ? [{ name: part.name, args: JSON.parse(part.input) }] : [],
    ),
    finish: choice.reason.replaceAll('-', '_'),
    usage: {
      input: answer.usage?.inputTokens ?? 0,
      output: answer.usage?.outputTokens ?? 0,
      cached: answer.usage?.cachedInputTokens ?? 0,
    },
  };
}

function decodeStream(lines: readonly string[]): ChatEvent[] {
  const decoder = createStreamDecoder();
  return [...lines.flatMap((line) => decoder.push(line, null)), ...decoder.end()];
}

/** Arguments that come in pieces are joined; the independent reader takes every piece for a call of its own. */
function hasPieces(lines: readonly string[]): boolean {
  return lines.some((line) => line.includes('willContinue'));
}

beforeEach((context) => context.skip(!existsSync(fixtures), 'not on this machine: ../shared/fixtures is missing'));

describe('recorded streams', () => {
  test.each(streams)('%s means what the independent reader says', async (path) => {
    const lines = readLines(path);
    const { text, reasoning, toolCalls, finish, usage } = await expectedOf(lines.map((line) => JSON.parse(line)));
    const expected = { text, reasoning, toolCalls, finish, usage };
    const decoded = meaning(decodeStream(lines));
    if (hasPieces(lines)) expect({ ...decoded, toolCalls: [] }).toEqual({ ...expected, toolCalls: [] });
    else expect(decoded).toEqual(expected);
  });

  test.each(streams)('%s, cut before its finish, is no whole answer', (path) => {
    const lines = readLines(path);
    const finish = lines.findIndex((line) => line.includes('"finishReason"'));
    expect(finish).toBeGreaterThanOrEqual(0);
    for (let cut = 0; cut <= finish; cut += 1) {
      expect(() => decodeStream(lines.slice(0, cut))).toThrow(GatewayError);
    }
    expect(meaning(decodeStream(lines)).finish).not.toBe('error');
  });

  test.each(streams)('%s has the same meaning after being written again', (path) => {
    const events = decodeStream(readLines(path));
    const encoder = createStreamEncoder(answerOptions());
    const written = events.map((event) => encoder.push(event)).join('') + encoder.end();
    const frames = readEvents(Buffer.from(written)).map(({ data }) => data ?? '');
    expect(meaning(decodeStream(frames))).toEqual(meaning(events));
    expect(meaning(decodeAnswer(JSON.parse(JSON.stringify(encodeAnswer(events, answerOptions())))))).toEqual(meaning(events));
  });

  test.each(streams)('%s, passing through, may end with its finish and not before, and its usage is heard', (path) => {
    const reader = createGeminiStreamReader();
    for (const line of readLines(path)) {
      expect(reader.mayEnd).toBe(false);
      expect(reader.read(line, null)).toBe('pass');
    }
    expect(reader.mayEnd).toBe(true);
    const { usage } = collectAnswer(decodeStream(readLines(path)));
    expect(reader.usage).toEqual(usage);
  });

  test('arguments in pieces are put together', () => {
    const calls = streams
      .filter((path) => hasPieces(readLines(path)))
      .map((path) => meaning(decodeStream(readLines(path))).toolCalls);
    const byName = new Map(calls.flat().map(({ name, args }) => [name, args]));
    expect(calls.map((each) => each.length).toSorted()).toEqual([1, 1, 2, 4]);
    expect(byName.get('getWeather')).toEqual({ location: 'San Francisco' });
    expect(byName.get('read_screen')).toEqual({ id: 'C' });
    expect(byName.get('writeItems')).toEqual({
      operations: [
        { action: 'add', description: 'Fresh red apple', itemid: 'apple_001', price: 0.5 },
        { action: 'add', description: 'Ripe yellow banana', itemid: 'banana_001', price: 0.3 },
      ],
    });
    expect(byName.get('cookRecipe')).toMatchObject({
      recipe: { ingredients: { 0: { amount: '16 oz', name: 'Lasagna noodles' } } },
    });
  });
});

test.each(wholes)('the recorded answer %s means what the independent reader says', async (path) => {
  const body: unknown = JSON.parse(readFileSync(join(fixtures, path), 'utf8'));
  const { text, reasoning, toolCalls, finish, usage } = await expectedOf([body]);
  expect(meaning(decodeAnswer(body))).toEqual({ text, reasoning, toolCalls, finish, usage });
  expect(meaning(decodeAnswer([body]))).toEqual({ text, reasoning, toolCalls, finish, usage });
});
