/** Every door with every upstream in every scenario, by the official SDKs, through one real gateway: no cell is empty. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cell, cells, doors, runCells } from '../support/matrix/cells.ts';
import { checkRefusal, checkRunning } from '../support/matrix/check-cell.ts';
import { type MatrixLab, type Outcome, speakers, startMatrixLab } from '../support/matrix/matrix-lab.ts';
import { scenarios } from '../support/matrix/scenarios.ts';

let lab: MatrixLab;
let outcomes: ReadonlyMap<string, readonly Outcome[] | Error>;
const checked = new Set<string>();

beforeAll(async () => {
  lab = await startMatrixLab();
  outcomes = await runCells(lab, 24);
});

afterAll(async () => {
  await lab[Symbol.asyncDispose]();
});

function outcomeOf({ name }: Cell): readonly Outcome[] {
  const outcome = outcomes.get(name);
  if (outcome === undefined) throw new Error('this cell was not run');
  if (outcome instanceof Error) throw outcome;
  checked.add(name);
  return outcome;
}

describe.each(doors)('the door $name', (door) => {
  const own = cells.filter((cell) => cell.door === door);

  test.each(own.filter(({ kind }) => kind === 'runs'))('$name', (cell) => {
    checkRunning(cell, outcomeOf(cell));
  });

  const refused = own.filter(({ kind }) => kind === 'refused');
  if (refused.length > 0) {
    test.each(refused)('$name is refused by the name of its field', (cell) => {
      checkRefusal(cell, outcomeOf(cell));
    });
  }
});

describe('the matrix', () => {
  const count = (kind: Cell['kind']) => cells.filter((cell) => cell.kind === kind).length;

  test('has no empty cell: each ran, was refused by name, or cannot be said at its door', () => {
    const product = doors.length * speakers.length * scenarios.reduce((sum, { modes }) => sum + modes.length, 0);
    expect(cells).toHaveLength(product);
    expect(new Set(cells.map(({ name }) => name)).size).toBe(product);
    expect(checked.size).toBe(product - count('unsayable'));
  });

  test('loses nothing but what is named here', () => {
    const lost = new Set<string>();
    for (const { name, door, speaker, scenario } of cells) {
      const outcome = outcomes.get(name);
      for (const { row } of outcome === undefined || outcome instanceof Error ? [] : outcome)
        for (const { field } of row.fidelity?.dropped ?? [])
          lost.add(`${door.name} → ${speaker.dialect}: ${scenario.name}: ${field}`);
    }
    expect([...lost].sort()).toEqual([
      'ollama → anthropic-messages: reasoning: answer.reasoning.signature',
      'ollama-generate → anthropic-messages: reasoning: answer.reasoning.signature',
      'openai-chat → anthropic-messages: reasoning: answer.seal',
      'openai-chat → gemini: document: messages.*.content.*.name',
      'openai-responses → gemini: document: messages.*.content.*.name',
    ]);
  });

  test('refuses only pictures by address, documents, sounds and gaps, and only where the format has no word for them', () => {
    const refused = cells
      .filter(({ kind }) => kind === 'refused')
      .map(({ scenario, speaker }) => `${scenario.name} → ${speaker.dialect}`);
    expect(count('refused')).toBe(refused.length);
    expect(
      Object.fromEntries([...new Set(refused)].sort().map((name) => [name, refused.filter((one) => one === name).length])),
    ).toEqual({
      'audio → anthropic-messages': 2,
      'audio → ollama': 2,
      'audio → openai-responses': 2,
      'document → ollama': 4,
      'gap → anthropic-messages': 2,
      'gap → gemini': 2,
      'gap → openai-chat': 2,
      'gap → openai-responses': 2,
      'vision by address → ollama': 4,
    });
  });
});
