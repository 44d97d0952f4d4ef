/** Brings a database to this program's version: numbered steps, each in a transaction of its own. */
import type { Database } from 'better-sqlite3';
import { migration0001 } from './migrations/0001-first-tables.ts';
import { migration0002 } from './migrations/0002-fidelity.ts';
import { migration0003 } from './migrations/0003-decisions.ts';
import { migration0004 } from './migrations/0004-shadows.ts';
import { migration0005 } from './migrations/0005-money.ts';
import { migration0006 } from './migrations/0006-copies.ts';

/** One step. A released step never changes: a correction is a new step. */
export interface Migration {
  readonly version: number;
  readonly sql: string;
}

const allMigrations: readonly Migration[] = [
  migration0001,
  migration0002,
  migration0003,
  migration0004,
  migration0005,
  migration0006,
];

/** The database was written by a newer program, whose tables this one does not know. */
export class NewerDatabaseError extends Error {
  constructor(file: string, found: number, known: number) {
    super(
      `The database ${file} was made by a newer Gatehouse (its version is ${found}, this program knows ${known}); ` +
        'nothing was changed. Start the newer program, or choose another folder with --data.',
    );
    this.name = 'NewerDatabaseError';
  }
}

/** The version a database has after every step; 0 is a database without tables. */
export function newestVersion(migrations: readonly Migration[] = allMigrations): number {
  return migrations.at(-1)?.version ?? 0;
}

/** Reads a database's version without changing anything. */
export function versionOf(database: Database): number {
  return Number(database.pragma('user_version', { simple: true }));
}

/**
 * Runs the steps that are missing. A step that fails leaves the database at the step before it.
 * @throws NewerDatabaseError when the database is ahead of the program
 */
export function migrate(database: Database, migrations: readonly Migration[] = allMigrations): void {
  refuseDisorder(migrations);
  const found = versionOf(database);
  if (found > newestVersion(migrations)) throw new NewerDatabaseError(database.name, found, newestVersion(migrations));
  for (const { version, sql } of migrations) {
    if (version <= found) continue;
    const step = database.transaction(() => {
      database.exec(sql);
      database.pragma(`user_version = ${version}`);
    });
    step.immediate();
  }
}

function refuseDisorder(migrations: readonly Migration[]): void {
  let last = 0;
  for (const { version } of migrations) {
    if (!Number.isInteger(version) || version <= last) throw new Error(`Migration ${version} must have a number above ${last}.`);
    last = version;
  }
}
