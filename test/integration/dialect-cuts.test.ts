/** Streams of every pair over real sockets: however they are cut the SDK has the same, and what ends early it takes for no answer. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { doors } from '../support/matrix/cells.ts';
import { type MatrixLab, nameOf, type Outcome, speakers, startMatrixLab } from '../support/matrix/matrix-lab.ts';
import { type Ask, counted, type Speaker, type Written } from '../support/matrix/sayings.ts';
import { said, thought, weather } from '../support/matrix/scenarios.ts';
import { loadRecordings, noRecordings, type Recording, recordingsAreHere } from '../support/recordings.ts';
import { cutUnevenly } from '../support/send-bytes.ts';
import { type Answer, body, stream, type StreamFacts } from '../support/upstream-answers.ts';

let lab: MatrixLab;

beforeAll(async () => {
  lab = await startMatrixLab();
});

afterAll(async () => {
  await lab[Symbol.asyncDispose]();
});

const chatDoors = doors.filter(({ name }) => name !== 'openai-completions' && name !== 'ollama-generate');
const pairs = chatDoors.flatMap((door) => speakers.map((speaker) => ({ door, speaker })));

const written: Written = {
  reasoning: thought,
  text: said,
  calls: [
    { id: 'call_1', name: 'get_weather', args: { city: 'Tromsø 水 🍏' } },
    { id: 'call_2', name: 'get_weather', args: { city: 'Oslo' } },
  ],
  finish: 'tool-calls',
};
const ask: Ask = { stream: true, turns: [{ role: 'user', text: 'Go.' }], tools: [weather], think: true, maxTokens: 8_000 };

function answerOf({ streamType }: Speaker, pieces: readonly (string | Buffer)[], facts: StreamFacts = {}): Answer {
  return stream(pieces, { headers: { 'content-type': streamType }, ...facts });
}

/** How many of the frames hold the answer's first words, and what comes before them. */
function begunAt(frames: readonly string[]): number {
  return frames.findIndex((frame) => frame.includes(said.slice(0, 7))) + 1;
}

describe.each(pairs)('$speaker.dialect for the SDK of $door.name', ({ door, speaker }) => {
  const question = (answer: Answer, asked = ask) => lab.ask({ door, model: nameOf(speaker), ask: asked, reply: () => answer });
  const frames = speaker.stream(written);
  const bytes = Buffer.from(frames.join(''));

  test('is the same however it is cut, also inside of characters', async () => {
    for (const pieces of [frames, cutUnevenly(bytes, 3), cutUnevenly(bytes, 50), [bytes]]) {
      const { seen, failure } = await question(answerOf(speaker, pieces));
      expect(failure).toBeNull();
      expect(seen).toMatchObject({ text: said, reasoning: thought, finish: 'tool-calls' });
      expect(seen?.calls.map(({ name, args }) => ({ name, args }))).toEqual(
        written.calls?.map(({ name, args }) => ({ name, args })),
      );
      expect(seen?.usage).toEqual({ input: counted.input, output: counted.output });
    }
  });

  test.each(['keep', 'close', 'reset'] as const)('is an error when it ends early (%s)', async (end) => {
    // OpenAI's finish is whole before its terminator, and so is Gemini's last chunk.
    const last = frames.length - (speaker.dialect === 'openai-chat' ? 3 : 1);
    const begun = begunAt(frames);
    for (const length of new Set([begun, Math.floor((begun + last) / 2), last])) {
      const { seen, failure, row } = await question(answerOf(speaker, frames.slice(0, length), { end }));
      expect(failure).not.toBeNull();
      expect(seen).toBeNull();
      expect(row).toMatchObject({ state: 'upstream_error', status: 200, attempts: 1 });
    }
  });
});

const recordings = loadRecordings();

/** Custom tools and namespaces were not offered by these clients; partial arguments the independent reader does not know. */
const unread = /"partialArgs"|"custom_tool_call"|"namespace":|"grok/;

function some({ dialect }: Speaker): readonly Recording[] {
  const all = (recordings.get(dialect) ?? []).filter(
    ({ expected, bytes }) => !expected?.error && (expected?.usage?.input ?? 0) > 0 && !unread.test(bytes.toString('utf8')),
  );
  const part = (list: readonly Recording[]) => list.filter((_, index) => index % Math.ceil(list.length / 4) === 0);
  return [...part(all.filter((one) => one.stream)), ...part(all.filter((one) => !one.stream))];
}

const squeezed = (text: string): string => text.replace(/\s+/g, '');
const finishes = (finish: string | null | undefined): string => (finish ?? '').replaceAll('_', '-');

const translated = pairs.filter(({ door, speaker }) => door.name !== speaker.dialect);

describe.each(translated)('recorded answers of $speaker.dialect', ({ door, speaker }) => {
  test(`mean the same to the SDK of ${door.name}`, async (context) => {
    context.skip(!recordingsAreHere, noRecordings);
    const list = some(speaker);
    expect(list.length).toBeGreaterThan(2);
    for (const recording of list) checkRecorded(recording, await replay(recording));
  });

  function replay({ bytes, stream: isStream }: Recording): Promise<Outcome> {
    const answer = isStream ? answerOf(speaker, cutUnevenly(bytes, 900)) : body(bytes);
    return lab.ask({ door, model: nameOf(speaker), ask: { ...ask, stream: isStream }, reply: () => answer });
  }

  function checkRecorded({ file, expected }: Recording, { seen, failure }: Outcome): void {
    expect({ file, failure }).toEqual({ file, failure: null });
    if (!seen || !expected) throw new Error(`${file} gave nothing`);
    const texts = [expected.text, expected.deltaText ?? expected.text].map((text) => squeezed(text + expected.refusal));
    const hasRefusal = expected.refusal !== '';
    if (!hasRefusal) expect(texts).toContain(squeezed(seen.text));
    const calls = seen.calls.map(({ name, args }) => ({ name, args }));
    expect({ file, calls }).toEqual({ file, calls: expected.toolCalls });
    if (!hasRefusal) expect({ file, finish: seen.finish }).toEqual({ file, finish: finishes(expected.finish) });
    expect({ file, ...seen.usage }).toEqual({ file, input: expected.usage?.input, output: expected.usage?.output });
  }
});
