/** What decisions were made from: kept beside the log for a month, so that each can be made again as it was. */
import type { Database } from 'better-sqlite3';

/** Milliseconds that the inputs of a decision are kept: enough to ask why, and what a new policy would have done. */
const keptMs = 30 * 24 * 60 * 60 * 1_000;
/** A request's key is its moment in milliseconds times this (contract/request-id.ts). */
const keysPerMillisecond = 4_096;
/** Old ones are dropped a few at a time, behind so many new ones: more than come, and too few to be felt. */
const insertsPerDrop = 64;
const droppedAtOnce = 2 * insertsPerDrop;

export interface DecisionWrites {
  /** In the transaction of the request's own row. */
  insert(requestKey: number, inputsJson: string): void;
}

/** Prepares the statements, once for each connection that writes. */
export function prepareDecisionWrites(database: Database): DecisionWrites {
  const insert = database.prepare<[number, string]>('INSERT INTO decisions (requestKey, inputsJson) VALUES (?, ?)');
  const drop = database.prepare<[number, number]>(dropSql);
  let inserts = 0;
  return {
    insert(requestKey, inputsJson) {
      insert.run(requestKey, inputsJson);
      inserts += 1;
      if (inserts % insertsPerDrop === 0) drop.run(requestKey - keptMs * keysPerMillisecond, droppedAtOnce);
    },
  };
}

/** The inputs of one decision as JSON text; null when none were kept, or not any more. */
export function prepareDecisionRead(database: Database): (requestKey: number) => string | null {
  const read = database.prepare<[number], string>(readSql).pluck();
  return (requestKey) => read.get(requestKey) ?? null;
}

/** The plans of both are asserted by a test. */
export const dropSql = `
DELETE FROM decisions WHERE requestKey IN (SELECT requestKey FROM decisions WHERE requestKey < ? ORDER BY requestKey LIMIT ?)`;

export const readSql = 'SELECT inputsJson FROM decisions WHERE requestKey = ?';
