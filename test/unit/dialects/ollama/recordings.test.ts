/** Recorded answers of real Ollama servers, whole and streamed, mean what they are known to mean. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { collectAnswer, textOfAnswer } from '../../../../gateway/chat/collect-answer.ts';
import type { ChatEvent } from '../../../../gateway/chat/event.ts';
import { LineBlocks } from '../../../../gateway/dialects/ndjson/line-blocks.ts';
import { readLines } from '../../../../gateway/dialects/ndjson/read-lines.ts';
import { ollama, ollamaGenerate, ollamaLegacyEmbeddings } from '../../../../gateway/dialects/ollama/index.ts';
import { answerOptions, codecOf, decodeStream, encodeText, nowhere, parseLines } from './samples.ts';

const fixtures = join(import.meta.dirname, '../../../../../shared/fixtures');
const cassettes = join(fixtures, 'openllmetry/packages/opentelemetry-instrumentation-ollama');
const isHere = existsSync(cassettes);

interface Recording {
  readonly file: string;
  readonly dialect: typeof ollama;
  readonly request: Readonly<Record<string, unknown>>;
  readonly text: string;
}

interface Canonical {
  stream(lines: readonly unknown[]): unknown;
}

const dialects = new Map([
  ['/api/chat', ollama],
  ['/api/generate', ollamaGenerate],
  ['/api/embeddings', ollamaLegacyEmbeddings],
]);

function loadRecordings(): readonly Recording[] {
  return globSync('**/*.yaml', { cwd: cassettes }).flatMap((file) => {
    const { interactions } = parse(readFileSync(join(cassettes, file), 'utf8'), { logLevel: 'silent' });
    return interactions.flatMap(
      ({ request, response }: { request: { uri: string; body: string }; response: { body: { string: string } } }) => {
        const dialect = dialects.get(new URL(request.uri).pathname);
        return dialect ? [{ file, dialect, request: JSON.parse(request.body), text: response.body.string }] : [];
      },
    );
  });
}

const recordings = isHere ? loadRecordings() : [];
const chats = recordings.filter(({ dialect }) => dialect.chat !== null);
const loadCanonical = async (): Promise<Canonical> =>
  (await import(pathToFileURL(join(fixtures, 'reader/canonical.mjs')).href)).ollama;

/** What an answer means, in the words of the recordings' reader. */
function meaningOf(events: readonly ChatEvent[]) {
  const { choices, usage } = collectAnswer(events);
  const parts = choices[0].parts;
  return {
    text: textOfAnswer(choices[0]),
    reasoning: parts.map((part) => (part.type === 'reasoning' ? part.text : '')).join(''),
    toolCalls: parts.flatMap((part) => (part.type === 'tool-call' ? [{ name: part.name, args: JSON.parse(part.input) }] : [])),
    finish: choices[0].reason.replaceAll('-', '_'),
    usage: usage && { input: usage.inputTokens ?? 0, output: usage.outputTokens ?? 0, cached: 0 },
  };
}

beforeEach((context) => context.skip(!isHere, 'not on this machine: ../shared/fixtures is missing'));

describe('recorded answers', () => {
  test('are read for what they mean', async () => {
    const canonical = await loadCanonical();
    expect(chats.length).toBeGreaterThan(20);
    for (const { dialect, text } of chats) {
      const lines = parseLines(text);
      expect(meaningOf(decodeStream(codecOf(dialect), lines))).toMatchObject(meaningOfLines(canonical, lines));
    }
  });

  test('mean the same after they were written for a client and read again', async () => {
    const canonical = await loadCanonical();
    // What nobody counted is 0 to the recordings' reader.
    const options = answerOptions({ inputTokensEstimate: 0 });
    for (const { dialect, text } of chats) {
      const codec = codecOf(dialect);
      const events = decodeStream(codec, parseLines(text));
      const meaning = meaningOfLines(canonical, parseLines(text));
      expect(canonical.stream(parseLines(encodeText(codec, events, options)))).toMatchObject(meaning);
      expect(canonical.stream([codec.encodeAnswer(events, options)])).toMatchObject(meaning);
    }
  });

  test('are truncated at every cut between two lines', () => {
    for (const { dialect, text } of chats) {
      const lines = parseLines(text);
      for (let count = 0; count < lines.length; count += 1) {
        const act = () => decodeStream(codecOf(dialect), lines.slice(0, count));
        expect(act).toThrow(expect.objectContaining({ kind: 'upstream-truncated' }));
      }
    }
  });

  test('that pass through end with their last line, and are counted', () => {
    for (const { dialect, text } of chats) {
      const reader = dialect.createStreamReader();
      const blocks = new LineBlocks(16 * 1024 * 1024);
      const block = blocks.push(Buffer.from(`${text}\n`)) ?? Buffer.alloc(0);
      expect(reader.concerns(block)).toBe(true);
      const steps = readLines(block).map(({ data }) => reader.read(data, null));
      expect(steps.indexOf('end')).toBe(steps.length - 1);
      expect(reader.usage).toEqual(dialect.readWhole(Buffer.from(text.trimEnd().split('\n').at(-1) ?? '')).usage);
      expect(reader.usage?.outputTokens).toBeGreaterThan(0);
    }
  });

  test('belong to requests that can be read', () => {
    for (const { dialect, request } of chats) {
      expect(codecOf(dialect).decodeRequest(request, nowhere)).toMatchObject({
        model: request['model'],
        stream: request['stream'],
      });
    }
  });

  test('of the older embeddings endpoint are one vector', () => {
    const vectors = recordings.filter(({ dialect }) => dialect === ollamaLegacyEmbeddings);
    expect(vectors.length).toBeGreaterThan(0);
    for (const { text } of vectors) {
      const answer = ollamaLegacyEmbeddings.embeddings?.decodeAnswer(JSON.parse(text));
      expect(answer?.vectors[0]).toEqual(JSON.parse(text).embedding);
    }
  });
});

function meaningOfLines(canonical: Canonical, lines: readonly unknown[]): object {
  const { text, reasoning, toolCalls, finish, usage } = Object(canonical.stream(lines));
  return { text, reasoning, toolCalls, finish, usage };
}
