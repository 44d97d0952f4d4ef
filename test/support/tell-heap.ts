/** Loaded into a gateway by `node --import`: at SIGUSR2 it collects garbage and writes to stderr what is left, so that a leak can be told from laziness. */
import { isMainThread } from 'node:worker_threads';

/** What stands before the JSON on the line that is written. */
export const heapMark = 'heap-after-collection ';

export interface HeapAfterCollection {
  readonly usedMiB: number;
  /** Open connections, those of the listeners' clients and those to upstreams. */
  readonly connections: number;
}

function tell(): void {
  globalThis.gc?.();
  const connections = process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
  const told: HeapAfterCollection = { usedMiB: process.memoryUsage().heapUsed / 1_048_576, connections };
  process.stderr.write(`${heapMark}${JSON.stringify(told)}\n`);
}

if (isMainThread && globalThis.gc) process.on('SIGUSR2', tell);
