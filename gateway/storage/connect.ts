/** Connections to a database that is in order: the settings every one of them needs. */
import Database from 'better-sqlite3';

/** How long opening and reading wait for another process's lock (a backup program's, say) before they fail. */
const busyTimeoutMs = 2_000;

/** Opens a connection for writing. What it commits survives the death of the process; `NORMAL` does not promise power loss. */
export function connect(file: string): Database.Database {
  const database = new Database(file, { fileMustExist: true, timeout: busyTimeoutMs });
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  return database;
}

/** Opens a connection that cannot write. */
export function connectReadOnly(file: string): Database.Database {
  return new Database(file, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs });
}
