/** The stand-in answers as Ollama does: as its own client reads it, and in the forms of recorded answers. */
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ollama } from 'ollama';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  installStandIn,
  type RunningStandIn,
  type StandIn,
  standInSkip,
  startStandIn,
} from '../../support/stand-in-ollama/install.ts';

const cassettes = join(
  import.meta.dirname,
  '../../../../shared/fixtures/openllmetry/packages/opentelemetry-instrumentation-ollama',
);

type Json = Readonly<Record<string, unknown>>;

/** What a value is made of, without what it says. */
function form(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [form(value[0])];
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, part]) => [name, form(part)])
      .sort(),
  );
}

/** The last line of the recorded answers of a path: the one with all the figures. */
function recordedEnds(path: string, isStream: boolean): Json[] {
  return globSync('**/*.yaml', { cwd: cassettes }).flatMap((file) => {
    const { interactions } = parse(readFileSync(join(cassettes, file), 'utf8'), { logLevel: 'silent' });
    return interactions.flatMap(
      ({ request, response }: { request: { uri: string; body: string }; response: { body: { string: string } } }) => {
        const asked = JSON.parse(request.body);
        if (new URL(request.uri).pathname !== path || asked.stream !== isStream) return [];
        return [JSON.parse(response.body.string.trim().split('\n').at(-1) ?? '')];
      },
    );
  });
}

beforeEach((context) => context.skip(standInSkip !== null, standInSkip ?? ''));

describe('the stand-in', () => {
  let folder: string;
  let standIn: StandIn;
  let running: RunningStandIn;
  let client: Ollama;

  beforeAll(async () => {
    if (standInSkip !== null) return;
    folder = mkdtempSync(join(tmpdir(), 'stand-in-'));
    standIn = installStandIn(join(folder, 'bin'));
    running = await startStandIn(standIn, join(folder, 'models'));
    client = new Ollama({ host: running.origin });
  });
  afterAll(async () => {
    if (standInSkip !== null) return;
    await running[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  test('is pulled to, listed, asked and emptied by the official client', async () => {
    const lines = [];
    for await (const line of await client.pull({ model: 'qwen3:8b', stream: true })) lines.push(line);
    expect(lines.map(({ status }) => status.replace(/[0-9a-f]{12}$/, '…'))).toEqual([
      'pulling manifest',
      'pulling …',
      'pulling …',
      'pulling …',
      'pulling …',
      'verifying sha256 digest',
      'writing manifest',
      'removing any unused layers',
      'success',
    ]);
    expect((await client.list()).models).toMatchObject([
      { name: 'qwen3:8b', size: 411_000, details: { parameter_size: '8.2B' } },
    ]);
    expect((await client.show({ model: 'qwen3:8b' })).capabilities).toContain('tools');
    const { message } = await client.chat({ model: 'qwen3:8b', messages: [{ role: 'user', content: 'hello' }] });
    expect(message.content).toBe('You said: hello');
    expect((await client.ps()).models).toMatchObject([{ name: 'qwen3:8b' }]);
    await client.copy({ source: 'qwen3:8b', destination: 'mine:latest' });
    await client.delete({ model: 'qwen3:8b' });
    expect((await client.list()).models.map(({ name }) => name)).toEqual(['mine:latest']);
    await client.delete({ model: 'mine' });
    await expect(client.chat({ model: 'qwen3:8b', messages: [] })).rejects.toThrow("model 'qwen3:8b' not found");
  });

  test('ends a chat and a completion in the form of recorded ends', async (context) => {
    context.skip(!existsSync(cassettes), 'not on this machine: ../shared/fixtures is missing');
    await client.pull({ model: 'gemma3:4b' });
    for (const stream of [true, false]) {
      for (const [path, body] of [
        ['/api/chat', { messages: [{ role: 'user', content: 'hello' }] }],
        ['/api/generate', { prompt: 'hello' }],
      ] as const) {
        const response = await fetch(running.origin + path, {
          method: 'POST',
          body: JSON.stringify({ model: 'gemma3:4b', stream, ...body }),
        });
        const ours = JSON.parse((await response.text()).trim().split('\n').at(-1) ?? '');
        const recorded = recordedEnds(path, stream);
        expect(recorded.length).toBeGreaterThan(0);
        // Servers of then added the tokens of a completion to its end, and left a cached prompt's figures out.
        const { context: _context, ...known } = recorded.find((end) => 'prompt_eval_count' in end) ?? {};
        expect(form(ours)).toEqual(form(known));
      }
    }
  });

  test('keeps what came of a pull that broke off, and goes on from there', async () => {
    standIn.tell({ pullFault: { afterBytes: 30_000, kind: 'cut' }, pullBytesPerSecond: 1_000_000 });
    const pull = async () => {
      const lines = [];
      for await (const line of await client.pull({ model: 'nomic-embed-text', stream: true })) lines.push(line);
      return lines;
    };
    await expect(pull()).rejects.toThrow();
    standIn.tell({ pullFault: null });
    const firstCompleted = (await pull()).find(({ total }) => total > 0)?.completed;
    expect(firstCompleted).toBeGreaterThan(0);
    expect((await client.embed({ model: 'nomic-embed-text', input: ['a', 'b'] })).embeddings).toHaveLength(2);
  });

  test('says an error after its 200, as Ollama does', async () => {
    const response = await fetch(`${running.origin}/api/pull`, {
      method: 'POST',
      body: JSON.stringify({ model: 'no-such-model' }),
    });
    expect([response.status, await response.text()]).toEqual([
      200,
      '{"status":"pulling manifest"}\n{"error":"pull model manifest: file does not exist"}\n',
    ]);
  });
});
