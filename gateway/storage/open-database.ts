/** Opens the database file: makes it when there is none, refuses it when it is damaged or newer than the program. */
import { chmodSync, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { connect, connectReadOnly } from './connect.ts';
import { makePrivateFile } from './lock.ts';
import { migrate, NewerDatabaseError, newestVersion, versionOf } from './migrate.ts';

/** The tables small enough to be checked at every start. */
const checkedTables = ['clients', 'secrets', 'vaultKey', 'configVersions', 'recoveryMark'] as const;

/** The database cannot be read as one. Gatehouse never starts with an empty log in its place. */
export class DamagedDatabaseError extends Error {
  constructor(file: string, detail: string, cause?: unknown) {
    super(
      `The database ${file} is damaged (${detail}); put a good copy in its place, or move it and its -wal file away to begin with an empty log.`,
      { cause },
    );
    this.name = 'DamagedDatabaseError';
  }
}

/** Where a data folder's database is. */
export function databaseFile(dataDir: string): string {
  return path.join(dataDir, 'gatehouse.db');
}

/**
 * Opens the folder's database, with every migration run. The folder must be locked.
 * @throws DamagedDatabaseError or NewerDatabaseError; the file is then as it was
 */
export function openDatabase(dataDir: string): Database.Database {
  const file = databaseFile(dataDir);
  try {
    if (existsSync(file)) inspect(file);
    else create(file);
    return bringUpToDate(connect(file), file);
  } catch (error) {
    if (isDamage(error)) throw new DamagedDatabaseError(file, error.message, error);
    throw error;
  }
}

/** Looks at an existing file through a connection that cannot change it. */
function inspect(file: string): void {
  if (statSync(file).size === 0) throw new DamagedDatabaseError(file, 'it is empty');
  chmodSync(file, 0o600);
  const database = connectReadOnly(file);
  try {
    const version = versionOf(database);
    if (version === 0) throw new DamagedDatabaseError(file, 'it holds no tables of Gatehouse');
    if (version > newestVersion()) throw new NewerDatabaseError(file, version, newestVersion());
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
  } finally {
    database.close();
  }
}

/** Builds a new database aside and moves it into place, so that a half-made one is never taken for the real one. */
function create(file: string): void {
  // A journal without its database would be replayed into the new one.
  if (existsSync(`${file}-wal`)) throw new DamagedDatabaseError(file, 'it is gone while its -wal file is still there');
  const draft = `${file}.new`;
  for (const left of [draft, `${draft}-journal`]) rmSync(left, { force: true });
  makePrivateFile(draft);
  const database = new Database(draft);
  try {
    migrate(database);
  } finally {
    database.close();
  }
  renameSync(draft, file);
}

function bringUpToDate(database: Database.Database, file: string): Database.Database {
  try {
    migrate(database);
    for (const table of checkedTables) {
      const finding = database.pragma(`quick_check(${table})`, { simple: true });
      if (finding !== 'ok') throw new DamagedDatabaseError(file, String(finding));
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function isDamage(error: unknown): error is Error {
  if (!(error instanceof Database.SqliteError)) return false;
  return error.code === 'SQLITE_NOTADB' || error.code.startsWith('SQLITE_CORRUPT');
}
