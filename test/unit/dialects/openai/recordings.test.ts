/** Our answers and our reading of usage, held against recorded answers of real providers. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ChatEvent } from '../../../../gateway/chat/event.ts';
import { GatewayError } from '../../../../gateway/chat/error.ts';
import { FidelityNotes } from '../../../../gateway/chat/fidelity.ts';
import { unknownUsage } from '../../../../gateway/chat/usage.ts';
import { decodeChatRequest } from '../../../../gateway/dialects/openai/chat/request/decode-request.ts';
import { encodeChatAnswer } from '../../../../gateway/dialects/openai/chat/answer/encode-answer.ts';
import { createChatStreamEncoder } from '../../../../gateway/dialects/openai/chat/answer/stream-encoder.ts';
import {
  createCompletionStreamEncoder,
  encodeCompletionAnswer,
} from '../../../../gateway/dialects/openai/completions/encode-answer.ts';
import { encodeEmbeddingsAnswer } from '../../../../gateway/dialects/openai/embeddings/encode-answer.ts';
import { encodeError } from '../../../../gateway/dialects/openai/encode-error.ts';
import { decodeUsage } from '../../../../gateway/dialects/openai/usage.ts';

const packages = join(import.meta.dirname, '../../../../../shared/fixtures/vercel-ai/packages');
const openai = join(packages, 'openai/src');

const events: readonly ChatEvent[] = [
  { type: 'start', id: 'x', model: 'm', createdAtSeconds: 1 },
  { type: 'text', text: 'a' },
  { type: 'finish', reason: 'stop' },
  { type: 'usage', usage: { ...unknownUsage, inputTokens: 1, outputTokens: 1 }, raw: null },
];

const asked = { model: 'm', messages: [{ role: 'user', content: 'hi' }], stream_options: { include_usage: true } };
const options = { request: decodeChatRequest(asked, { model: null, stream: null }), notes: new FidelityNotes() };

function read(path: string): unknown {
  return JSON.parse(readFileSync(join(openai, path), 'utf8'));
}

function readChunks(path: string): unknown[] {
  const lines = readFileSync(join(openai, path), 'utf8').split('\n');
  return lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line));
}

function encodeChunks(create: typeof createChatStreamEncoder): unknown[] {
  const encoder = create(options);
  const text = events.map((event) => encoder.push(event)).join('') + encoder.end();
  const frames = text.split('\n\n').slice(0, -2);
  return frames.map((frame) => JSON.parse(frame.slice('data: '.length)));
}

/** Every path of keys in a value: `choices.0.delta.content`. Padding that OpenAI may leave out is not counted. */
function keyPaths(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [path];
  const entries = Object.entries(Array.isArray(value) ? value.slice(0, 1) : value).filter(([key]) => key !== 'obfuscation');
  return entries.length === 0 ? [path] : entries.flatMap(([key, each]) => keyPaths(each, path ? `${path}.${key}` : key)).sort();
}

beforeEach((context) => context.skip(!existsSync(packages), 'not on this machine: ../shared/fixtures is missing'));

describe('recorded answers', () => {
  test('a whole chat answer has exactly the keys of a recorded one', () => {
    expect(keyPaths(encodeChatAnswer(events, options))).toEqual(keyPaths(read('chat/__fixtures__/openai-text.json')));
  });

  test('every chunk of a chat stream has exactly the keys of its recorded counterpart', () => {
    const recorded = readChunks('chat/__fixtures__/openai-text.chunks.txt');
    const [role, text, finish, usage] = encodeChunks(createChatStreamEncoder).map((chunk) => keyPaths(chunk));
    expect([role, text, finish, usage]).toEqual([0, 1, -2, -1].map((index) => keyPaths(recorded.at(index))));
  });

  test('legacy completions lack no key of recorded ones', () => {
    const whole = keyPaths(read('completion/__fixtures__/openai-completion-text.json'));
    expect(keyPaths(encodeCompletionAnswer(events, options))).toEqual(expect.arrayContaining(whole));
    const recorded = readChunks('completion/__fixtures__/openai-completion-text.chunks.txt');
    const [text, finish, usage] = encodeChunks(createCompletionStreamEncoder).map((chunk) => keyPaths(chunk));
    expect([text, finish]).toEqual([0, -2].map((index) => keyPaths(recorded.at(index))));
    expect(usage).toEqual(expect.arrayContaining(keyPaths(recorded.at(-1))));
  });

  test('an embeddings answer and an error have exactly the keys of recorded ones', () => {
    const answer = encodeEmbeddingsAnswer({ model: 'm', vectors: [[1]], usage: null, rawUsage: null }, { encoding: 'float' });
    expect(keyPaths(answer)).toEqual(keyPaths(read('embedding/__fixtures__/openai-embedding.json')));
    const error: unknown = JSON.parse(encodeError(new GatewayError('bad-request', 'x')));
    expect(keyPaths(error)).toEqual(keyPaths(read('chat/__fixtures__/reasoning-model-legacy-parameter-error.json')));
  });

  test("input and output always add up to the provider's own total", () => {
    const totals = recordedUsages().map((raw) => ({ total: raw.total_tokens, usage: decodeUsage(raw) }));
    expect(totals.length).toBeGreaterThan(30);
    for (const { total, usage } of totals) expect((usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0)).toBe(total);
  });
});

interface RawUsage {
  readonly prompt_tokens: number;
  readonly total_tokens: number;
}

function recordedUsages(): RawUsage[] {
  const files = globSync('**/*.{json,chunks.txt}', { cwd: packages }).map((path) => readFileSync(join(packages, path), 'utf8'));
  const texts = files.flatMap((text) => (text.startsWith('{\n') ? [text] : text.split('\n')));
  return texts.flatMap((text) => {
    const usage = readUsage(text);
    return usage ? [usage] : [];
  });
}

function readUsage(text: string): RawUsage | null {
  try {
    const { usage } = JSON.parse(text);
    return typeof usage?.prompt_tokens === 'number' && typeof usage.total_tokens === 'number' ? usage : null;
  } catch {
    return null;
  }
}
