/** Ten turns of tool calls through every door: each maker gets back exactly its own seals, and nobody another's. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerWith, doors } from '../support/matrix/cells.ts';
import type { Door } from '../support/matrix/door.ts';
import { type MatrixLab, nameOf, type Outcome, speakers, startMatrixLab } from '../support/matrix/matrix-lab.ts';
import type { Speaker, Turn, Written } from '../support/matrix/sayings.ts';

let lab: MatrixLab;

beforeAll(async () => {
  lab = await startMatrixLab();
});

afterAll(async () => {
  await lab[Symbol.asyncDispose]();
});

const turnCount = 10;
const step = { name: 'step', description: 'One step.', schema: { type: 'object', properties: { n: { type: 'integer' } } } };
const chatDoors = doors.filter(({ name }) => name !== 'openai-completions' && name !== 'ollama-generate');
const makers = speakers.filter(({ dialect }) => ['gemini', 'anthropic-messages', 'openai-responses'].includes(dialect));
const speakerOf = (name: string): Speaker => speakers.find(({ dialect }) => dialect === name) as Speaker;

/** As a maker's own look: base64. */
const sealOf = (speaker: Speaker, turn: number): string => Buffer.from(`${speaker.dialect} seal ${turn}`).toString('base64');

function stepOf(speaker: Speaker, turn: number): Written {
  const calls = [{ id: `call_${speaker.dialect.slice(0, 3)}_${turn}`, name: 'step', args: { n: turn } }];
  return { reasoning: `Thought ${turn}.`, seal: sealOf(speaker, turn), calls, finish: 'tool-calls' };
}

interface Talk {
  readonly door: Door;
  readonly stream: boolean;
  /** Who is asked in each turn. */
  readonly speakerAt: (turn: number) => Speaker;
  /** Says the calls again by what a program knows of them, without what its SDK was handed beside. */
  readonly forgets?: boolean;
}

/** Runs the tool loop: each answer and its result are said again in the next turn. */
async function talk({ door, stream, speakerAt, forgets = false }: Talk): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  let turns: readonly Turn[] = [{ role: 'user', text: 'Go on until you are done.' }];
  for (let turn = 0; turn <= turnCount; turn += 1) {
    const speaker = speakerAt(turn);
    const ask = { turns, tools: [step], think: true, maxTokens: 8_000, stream };
    const reply = () => answerWith(speaker, stepOf(speaker, turn), stream);
    const outcome = await lab.ask({ door, model: nameOf(speaker), ask, reply });
    outcomes.push(outcome);
    if (!outcome.seen) throw new Error(`turn ${turn}: ${outcome.failure?.name} ${outcome.failure?.message}`);
    const { calls, native } = outcome.seen;
    const said: Turn = forgets ? { role: 'assistant', calls } : { role: 'assistant', calls, native };
    const results = calls.map(({ id, name }) => ({ id, name, text: `done ${turn}` }));
    turns = [...turns, said, { role: 'tool', results }];
  }
  return outcomes;
}

const sealsHeard = ({ heard }: Outcome): readonly string[] => heard.flatMap(({ turns }) => turns.flatMap(({ seals }) => seals));

/** Neither a wrapped seal nor the base64 of one, which is what Gemini's clients hold. */
function expectNothingWrapped({ received }: Outcome): void {
  for (const { body } of received) expect(body.toString('utf8')).not.toMatch(/gatehouse\.|Z2F0ZWhvdXNl/);
}

function expectCalls({ heard }: Outcome, turn: number): void {
  const calls = heard.flatMap(({ turns }) => turns.flatMap((one) => one.calls));
  const results = heard.flatMap(({ turns }) => turns.flatMap((one) => one.results));
  expect(calls.map(({ args }) => args)).toEqual(Array.from({ length: turn }, (_, n) => ({ n })));
  expect(results.map(({ text }) => text)).toEqual(Array.from({ length: turn }, (_, n) => `done ${n}`));
}

const modes = [{ stream: true }, { stream: false }];
const talks = chatDoors.flatMap((door) => makers.flatMap((maker) => modes.map(({ stream }) => ({ door, maker, stream }))));

describe('a maker gets back its own seals', () => {
  test.each(talks)('$door.name → $maker.dialect, streamed: $stream', async ({ door, maker, stream }) => {
    const outcomes = await talk({ door, stream, speakerAt: () => maker });
    for (const [turn, outcome] of outcomes.entries()) {
      expectCalls(outcome, turn);
      expect(sealsHeard(outcome)).toEqual(Array.from({ length: turn }, (_, n) => sealOf(maker, n)));
      expectNothingWrapped(outcome);
    }
  });

  const forgetful = talks.filter(({ door, stream }) => stream && door.name === 'openai-chat');
  test.each(forgetful)('$door.name → $maker.dialect, though its program keeps only the calls', async ({ door, maker }) => {
    const outcomes = await talk({ door, stream: true, speakerAt: () => maker, forgets: true });
    for (const [turn, outcome] of outcomes.entries()) {
      expectCalls(outcome, turn);
      expect(sealsHeard(outcome)).toEqual(Array.from({ length: turn }, (_, n) => sealOf(maker, n)));
    }
  });

  const nameless = talks.filter(({ door, stream }) => stream && door.name === 'ollama');
  test.each(nameless)('$door.name → $maker.dialect, but not from a program that drops even the ids', async ({ door, maker }) => {
    const outcomes = await talk({ door, stream: true, speakerAt: () => maker, forgets: true });
    for (const [turn, outcome] of outcomes.entries()) {
      expectCalls(outcome, turn);
      expect(sealsHeard(outcome)).toEqual([]);
    }
  });
});

describe('a conversation that changes its model', () => {
  const changes = chatDoors.flatMap((door) =>
    makers.flatMap((first) => makers.filter((maker) => maker !== first).map((second) => ({ door, first, second }))),
  );

  test.each(changes)('by $door.name from $first.dialect to $second.dialect and back', async ({ door, first, second }) => {
    const speakerAt = (turn: number) => (turn < 4 || turn >= 8 ? first : second);
    const outcomes = await talk({ door, stream: true, speakerAt });
    for (const [turn, outcome] of outcomes.entries()) {
      expectCalls(outcome, turn);
      expectNothingWrapped(outcome);
      const own = Array.from({ length: turn }, (_, n) => n).filter((n) => speakerAt(n) === speakerAt(turn));
      expect(sealsHeard(outcome)).toEqual(own.map((n) => sealOf(speakerAt(turn), n)));
      if (own.length < turn) expectLossTold(outcome, door);
    }
  });

  /** Everything that is left out of a request that could have passed through is told, too. */
  function expectLossTold({ headers, row }: Outcome, door: Door): void {
    expect(headers.get('x-gatehouse-translated')).not.toBeNull();
    expect(row.fidelity?.from).toBe(door.name);
    expect(row.fidelity?.dropped.some(({ field }) => /signature|reasoning/.test(field))).toBe(true);
  }

  test.each(chatDoors.filter(({ name }) => makers.some(({ dialect }) => dialect === name)))(
    'to an upstream of the door $name itself: wrapped seals have the request translated',
    async (door) => {
      const own = speakerOf(door.name);
      for (const maker of makers.filter((one) => one !== own)) {
        const outcomes = await talk({ door, stream: true, speakerAt: (turn) => (turn < 5 ? maker : own) });
        expect(outcomes.slice(5).map(({ headers }) => headers.get('x-gatehouse-translated'))).toEqual(
          Array.from({ length: 6 }, () => door.name),
        );
      }
      const pure = await talk({ door, stream: true, speakerAt: () => own });
      expect(pure.map(({ headers }) => headers.get('x-gatehouse-translated'))).toEqual(Array.from({ length: 11 }, () => null));
    },
  );
});
