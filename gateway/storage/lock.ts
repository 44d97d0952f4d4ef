/** One process for each data folder: an exclusive transaction on a small database of its own, dropped by the system when the process dies. */
import { chmodSync, closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';

/** How long a second opener waits before it is refused: two that start at the same moment must not refuse each other. */
const patienceMs = 250;

/** Another process holds the data folder. `pid` is null when it is not known. */
export class DataFolderInUseError extends Error {
  readonly dataDir: string;
  readonly pid: number | null;

  constructor(dataDir: string, pid: number | null) {
    const owner = pid === null ? 'Another Gatehouse' : `Another Gatehouse (process ${pid})`;
    super(`${owner} is using the data folder ${dataDir}; stop it first, or choose another folder with --data.`);
    this.name = 'DataFolderInUseError';
    this.dataDir = dataDir;
    this.pid = pid;
  }
}

export interface DataFolderLock {
  release(): void;
}

/**
 * Takes the folder for this process.
 * @throws DataFolderInUseError when another holder (in this process too) has it
 */
export function lockDataFolder(dataDir: string): DataFolderLock {
  const file = path.join(dataDir, 'gatehouse.lock.db');
  const ownerFile = path.join(dataDir, 'gatehouse.pid');
  makePrivateFile(file);
  const database = new Database(file, { timeout: patienceMs });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) throw new DataFolderInUseError(dataDir, readOwner(ownerFile));
    throw new Error(`The lock file ${file} cannot be used; delete it and start again.`, { cause: error });
  }
  writeFileSync(ownerFile, `${process.pid}\n`, { mode: 0o600 });
  return {
    release() {
      rmSync(ownerFile, { force: true });
      database.close();
    },
  };
}

/**
 * Makes an empty file that only its owner may read, or closes an older one to others.
 * One that exists is never opened here: closing it again would drop this process's locks on it (POSIX).
 */
export function makePrivateFile(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    chmodSync(file, 0o600);
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

/** Only told to a person: the lock itself never depends on it. */
function readOwner(ownerFile: string): number | null {
  try {
    const pid = Number.parseInt(readFileSync(ownerFile, 'utf8'), 10);
    return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}
