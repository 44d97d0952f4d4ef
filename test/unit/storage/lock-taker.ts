/** A thread that takes a database's write lock for a few milliseconds, again and again, until it is ended. */
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';

const database = new Database(String(workerData), { timeout: 2_000 });
const clock = new Int32Array(new SharedArrayBuffer(4));

function hold(): void {
  database.exec('BEGIN IMMEDIATE');
  Atomics.wait(clock, 0, 0, 4);
  database.exec('ROLLBACK');
  setTimeout(hold, 1);
}

hold();
parentPort?.postMessage('began');
