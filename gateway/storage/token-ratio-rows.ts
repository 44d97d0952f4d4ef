/** What was learned of how models count tokens: a row for each model of a provider. */
import type { Database } from 'better-sqlite3';

export interface TokenRatioRow {
  readonly provider: string;
  readonly model: string;
  /** In the shape that its owner gave it. */
  readonly ratioJson: string;
}

/** Prepares the statement, once for each connection that writes. @returns keeps them, in place of what was there */
export function prepareTokenRatioWrites(database: Database): (rows: readonly TokenRatioRow[]) => boolean {
  const save = database.prepare(`
INSERT INTO tokenRatios (provider, model, ratioJson) VALUES (?, ?, ?)
ON CONFLICT (provider, model) DO UPDATE SET ratioJson = excluded.ratioJson`);
  return (rows) => {
    for (const { provider, model, ratioJson } of rows) save.run(provider, model, ratioJson);
    return rows.length > 0;
  };
}

export function readTokenRatios(database: Database): TokenRatioRow[] {
  return database.prepare<[], TokenRatioRow>('SELECT provider, model, ratioJson FROM tokenRatios').all();
}
