/** Holds a cell's outcome against what it must be: what the program has, what the upstream was asked, what the log says. */
import { expect } from 'vitest';
import type { Cell } from './cells.ts';
import { type Outcome, unmarked, wireModels } from './matrix-lab.ts';
import { reach } from './reach.ts';
import { type Ask, counted, type HeardTurn, type Seen, type Turn, type Written } from './sayings.ts';
import { complaint, refused, said } from './scenarios.ts';

export function checkRunning(cell: Cell, outcomes: readonly Outcome[]): void {
  const { answer } = cell.scenario;
  const [first, second] = outcomes;
  if (!first) throw new Error('nothing was asked');
  const ask: Ask = { ...cell.scenario.ask, stream: cell.stream };
  if (answer === 'broken') return checkBroken(cell, first);
  if (answer === 'unbegun') return checkUnbegun(cell, first);
  if ('status' in answer) return checkFailure(cell, first, answer.status);
  checkAnswer(cell, first, answer);
  checkHeard(cell, first, ask);
  if (!second) return;
  checkAnswer(cell, second, { text: said, finish: 'stop' });
  checkLoop(second);
}

function checkAnswer(cell: Cell, { seen, failure, row }: Outcome, written: Written): void {
  expect(failure).toBeNull();
  if (!seen) return;
  if (written.refusal === undefined) {
    expect(seen.text).toBe(written.text ?? '');
    expect(seen.finish).toBe(written.finish);
  } else checkRefused(cell, seen);
  const hasThoughts = cell.door.name !== 'openai-completions';
  expect(seen.reasoning).toBe(hasThoughts ? (written.reasoning ?? '') : '');
  const calls = written.calls ?? [];
  expect(seen.calls.map(({ name, args }) => ({ name, args }))).toEqual(calls.map(({ name, args }) => ({ name, args })));
  if (namesCalls(cell)) expect(new Set(seen.calls.map(({ id }) => id)).size).toBe(calls.length);
  expect(seen.usage).toEqual({ input: counted.input, output: counted.output });
  checkRow(cell, row, 'ok');
  const { dialect } = cell.speaker;
  expect(row.usage).toEqual({
    inputTokens: counted.input,
    cachedInputTokens: dialect === 'ollama' ? null : counted.cached,
    cacheWriteTokens: dialect === 'anthropic-messages' ? 0 : null,
    outputTokens: counted.output,
    reasoningTokens: dialect === 'ollama' ? null : counted.reasoning,
    estimated: false,
  });
}

/** Ollama's SDK does not tell ids, and Gemini's own answers have none. */
function namesCalls({ door, speaker }: Cell): boolean {
  return door.name !== 'ollama' && !(door.name === 'gemini' && speaker.dialect === 'gemini');
}

/** In words of its own where the door has them, else as a filtered end, or at least as the words that were said. */
function checkRefused({ door, speaker }: Cell, seen: Seen): void {
  const hasWords = speaker.dialect !== 'gemini';
  if (hasWords) expect(seen.refusal + seen.text).toContain(refused);
  const knowsRefusals = speaker.dialect !== 'ollama' && !['ollama', 'ollama-generate', 'openai-completions'].includes(door.name);
  if (knowsRefusals) expect(seen.finish === 'content-filter' || seen.refusal !== '').toBe(true);
}

function checkRow({ door, speaker, scenario, stream }: Cell, row: Outcome['row'], state: string): void {
  const target = { provider: speaker.dialect, model: wireModels[speaker.dialect] };
  expect(row).toMatchObject({ state, dialect: door.name, stream, ...target });
  // Whoever serves Ollama's chat serves its generate.
  const takesGenerate = speaker.dialect === 'ollama' && (door.name === 'ollama-generate' || scenario.needs.includes('gap'));
  const to = takesGenerate ? 'ollama-generate' : speaker.dialect;
  if (door.name === to) expect(row.fidelity).toBeNull();
  else expect(row.fidelity).toMatchObject({ from: door.name, to });
}

/** Turns of one role that follow each other, joined: dialects cut them differently. */
function joined(turns: readonly HeardTurn[]): readonly HeardTurn[] {
  const all: HeardTurn[] = [];
  for (const turn of turns) {
    const last = all.at(-1);
    if (last?.role !== turn.role) all.push(turn);
    else {
      all[all.length - 1] = {
        role: turn.role,
        text: last.text + turn.text,
        files: [...last.files, ...turn.files],
        calls: [...last.calls, ...turn.calls],
        results: [...last.results, ...turn.results],
        seals: [...last.seals, ...turn.seals],
      };
    }
  }
  return all;
}

function meantTurn(turn: Turn): object {
  if (turn.role === 'user') return { role: 'user', text: turn.text, files: turn.file ? [turn.file] : [] };
  if (turn.role === 'assistant') return { role: 'assistant', text: turn.text ?? '', files: [] };
  return { role: 'tool', text: '', files: [] };
}

/** An address has no media type in most dialects. */
function heardFile({ mediaType, data, url }: HeardTurn['files'][number], meant: Turn | undefined): object {
  const asked = meant?.role === 'user' ? meant.file?.mediaType : undefined;
  return url === undefined ? { mediaType, data } : { mediaType: asked, url };
}

function checkHeard({ speaker, scenario: { ask: question } }: Cell, { heard, row }: Outcome, ask: Ask): void {
  expect(heard).toHaveLength(1);
  const [asked] = heard;
  if (!asked) return;
  expect(asked).toMatchObject({ model: wireModels[speaker.dialect], stream: ask.stream });
  expect(asked.system).toBe(ask.system ?? '');
  const turns = joined(asked.turns).map(({ role, text, files }, index) => ({
    role,
    text: unmarked(text),
    files: files.map((file) => heardFile(file, ask.turns[index])),
  }));
  expect(turns).toEqual(ask.turns.map(meantTurn));
  expect(asked.tools.map(({ name }) => name)).toEqual((ask.tools ?? []).map(({ name }) => name));
  for (const [index, tool] of asked.tools.entries()) checkSchema(tool.schema, ask.tools?.[index]?.schema);
  checkSchema(asked.schema, ask.schema);
  expect(asked.suffix).toBe(ask.suffix);
  if (ask.maxTokens !== undefined) expect(Number(asked.maxTokens)).toBeGreaterThanOrEqual(ask.maxTokens);
  expect(asked.thinks).toBe(question.think === true);
  expect(row.attempts).toBe(1);
}

/** The same properties with the same types, in whatever spelling. */
function checkSchema(heard: unknown, meant: unknown): void {
  const shape = (schema: unknown) =>
    Object.entries(reach(schema, 'properties') ?? {}).map(([name, one]) => [name, String(reach(one, 'type')).toLowerCase()]);
  expect(shape(heard)).toEqual(shape(meant));
}

/** The results arrived, each with its call: by its id where the dialect has ids, else by its name and place. */
function checkLoop({ heard, row }: Outcome): void {
  const [asked] = heard;
  if (!asked) throw new Error('the results were not sent on');
  const turns = joined(asked.turns);
  expect(turns.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool']);
  const [, { calls = [] } = {}, { results = [] } = {}] = turns;
  expect(calls.map(({ name, args }) => ({ name, args }))).toEqual([
    { name: 'get_weather', args: { city: 'Tromsø "N" \\ 水', days: 2 } },
    { name: 'get_weather', args: { city: 'Oslo' } },
    { name: 'get_time', args: {} },
  ]);
  expect(results.map(({ text }) => text)).toEqual(calls.map((_, index) => `Rain “${index}” 🌧`));
  for (const [index, result] of results.entries()) {
    if (result.id !== null) expect(result.id).toBe(calls[index]?.id);
    if (result.name !== null) expect(result.name).toBe(calls[index]?.name);
    expect(result.id ?? result.name).not.toBeNull();
  }
  expect(row.fidelity?.dropped ?? []).toEqual([]);
}

/** How each SDK names an answer with this status. */
const classOf: Readonly<Record<number, string>> = { 400: 'BadRequestError', 404: 'NotFoundError', 429: 'RateLimitError' };

function checkFailure(cell: Cell, { seen, failure, row, heard }: Outcome, status: number): void {
  expect(seen).toBeNull();
  // A key of the gateway's own that is refused is no fault of the client's key.
  const told = status === 401 ? 502 : status;
  expect(failure).toMatchObject({ status: told, name: errorClass(cell, told) });
  expect(failure?.message).toContain(complaint);
  expect(heard).toHaveLength(status >= 500 ? 3 : 1);
  expect(row).toMatchObject({ status: told, attempts: heard.length });
  checkRow(cell, row, 'upstream_error');
}

export function errorClass({ door }: Pick<Cell, 'door'>, status: number): string {
  if (door.name === 'gemini') return 'ApiError';
  if (door.name === 'ollama' || door.name === 'ollama-generate') return 'ResponseError';
  if (door.name === 'anthropic-messages' && status === 529) return 'OverloadedError';
  return classOf[status] ?? 'InternalServerError';
}

function checkBroken(cell: Cell, { seen, failure, row }: Outcome): void {
  expect(seen).toBeNull();
  expect(failure?.message).toContain(complaint);
  expect(row).toMatchObject({ status: 200, attempts: 1 });
  expect(row.errorMessage).toContain(complaint);
  checkRow(cell, row, 'upstream_error');
}

/** Nothing had gone out, so that others could be asked; what passes through has begun with the first byte. */
function checkUnbegun(cell: Cell, { seen, failure, row }: Outcome): void {
  expect(seen).toBeNull();
  expect(failure?.message).toContain(complaint);
  checkRow(cell, row, 'upstream_error');
  if (row.fidelity === null) return;
  expect(failure?.status).toBeGreaterThanOrEqual(500);
  expect(row).toMatchObject({ status: failure?.status, attempts: 3, firstTokenMs: null });
}

/** Nothing was sent, and the client is told which field it is. */
export function checkRefusal(cell: Cell, outcomes: readonly Outcome[]): void {
  const [{ seen, failure, heard, row } = { seen: null, failure: null, heard: [], row: null }] = outcomes;
  expect(seen).toBeNull();
  expect(heard).toEqual([]);
  expect(failure).toMatchObject({ status: 400, name: errorClass(cell, 400) });
  expect(failure?.message).toMatch(cell.field ?? /^$/);
  expect(row).toMatchObject({ state: 'rejected', status: 400, errorKind: 'untranslatable' });
}
