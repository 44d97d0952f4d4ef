/** The cells of the matrix: every door with every upstream in every scenario, run once, all beside each other. */
import { type Answer, json, stream } from '../upstream-answers.ts';
import { anthropicDoor } from './ask-anthropic.ts';
import { geminiDoor } from './ask-gemini.ts';
import { ollamaDoor, ollamaGenerateDoor } from './ask-ollama.ts';
import { openAiChatDoor, openAiCompletionsDoor } from './ask-openai.ts';
import { openAiResponsesDoor } from './ask-responses.ts';
import type { Door } from './door.ts';
import { type MatrixLab, nameOf, type Outcome, speakers } from './matrix-lab.ts';
import { type Ask, type Speaker, speakerAt, type Written } from './sayings.ts';
import { complaint, refusals, roundTrip, said, type Scenario, scenarios, unsayable } from './scenarios.ts';

export const doors: readonly Door[] = [
  openAiChatDoor,
  openAiResponsesDoor,
  anthropicDoor,
  geminiDoor,
  ollamaDoor,
  openAiCompletionsDoor,
  ollamaGenerateDoor,
];

export interface Cell {
  readonly door: Door;
  readonly speaker: Speaker;
  readonly scenario: Scenario;
  readonly stream: boolean;
  readonly name: string;
  /** `refused`: the upstream's format cannot say it; `unsayable`: the door's own cannot. */
  readonly kind: 'runs' | 'refused' | 'unsayable';
  /** What the refusal names. */
  readonly field: RegExp | null;
}

function cellOf(door: Door, speaker: Speaker, scenario: Scenario, isStream: boolean): Cell {
  const name = `${door.name} → ${speaker.dialect}: ${scenario.name}${isStream ? ', streamed' : ''}`;
  const lacks = unsayable[door.name]?.some((need) => scenario.needs.includes(need));
  const refusal = refusals.find(({ need, upstream }) => scenario.needs.includes(need) && upstream === speaker.dialect);
  const kind = lacks === true ? 'unsayable' : refusal ? 'refused' : 'runs';
  return { door, speaker, scenario, stream: isStream, name, kind, field: refusal?.field ?? null };
}

export const cells: readonly Cell[] = doors.flatMap((door) =>
  speakers.flatMap((speaker) =>
    scenarios.flatMap((scenario) => scenario.modes.map((mode) => cellOf(door, speaker, scenario, mode === 'stream'))),
  ),
);

export function answerWith(speaker: Speaker, written: Written, isStream: boolean): Answer {
  if (!isStream) return json(speaker.whole(written));
  return stream(speaker.stream(written), { headers: { 'content-type': speaker.streamType } });
}

/** A stream that tells of an error, after its first words or before. */
function brokenAnswer(speaker: Speaker, hasBegun: boolean): Answer {
  const frames = speaker.stream({ text: said, finish: 'stop' });
  const begun = frames.findIndex((frame) => frame.includes(said.slice(0, 7)));
  const pieces = [...frames.slice(0, hasBegun ? begun + 1 : begun), speaker.errorFrame(complaint)];
  return stream(pieces, { headers: { 'content-type': speaker.streamType } });
}

function reply({ speaker: server, scenario: { answer }, stream: isStream }: Cell, target: string): Answer {
  const speaker = speakerAt(server, target);
  if (answer === 'broken' || answer === 'unbegun') return brokenAnswer(speaker, answer === 'broken');
  if (!('status' in answer)) return answerWith(speaker, answer, isStream);
  const { status } = answer;
  const headers: Readonly<Record<string, string>> = status === 429 ? { 'retry-after': '60' } : {};
  return json(speaker.error(status, complaint), { status, headers });
}

/** What came of each question of a cell: one, or two in a tool loop. */
export async function runCell(lab: MatrixLab, cell: Cell): Promise<readonly Outcome[]> {
  const { door, speaker, scenario, stream: isStream } = cell;
  const ask: Ask = { ...scenario.ask, stream: isStream };
  const model = nameOf(speaker);
  const first = await lab.ask({ door, model, ask, reply: ({ target }) => reply(cell, target) });
  if (scenario !== roundTrip || !first.seen) return [first];
  const { calls, native } = first.seen;
  const results = calls.map(({ id, name }, index) => ({ id, name, text: `Rain “${index}” 🌧` }));
  const turns = [...ask.turns, { role: 'assistant', calls, native } as const, { role: 'tool', results } as const];
  const answer = () => answerWith(speaker, { text: said, finish: 'stop' }, isStream);
  return [first, await lab.ask({ door, model, ask: { ...ask, turns }, reply: answer })];
}

/** Runs every cell that can be asked, a few at a time. */
export async function runCells(lab: MatrixLab, atOnce: number): Promise<ReadonlyMap<string, readonly Outcome[] | Error>> {
  const outcomes = new Map<string, readonly Outcome[] | Error>();
  const waiting = cells.filter(({ kind }) => kind !== 'unsayable');
  const work = async (): Promise<void> => {
    for (let cell = waiting.shift(); cell; cell = waiting.shift()) {
      const { name } = cell;
      outcomes.set(
        name,
        await runCell(lab, cell).catch((error: unknown) => new Error(`${name}: ${String(error)}`, { cause: error })),
      );
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return outcomes;
}
