/** Loaded into a gateway by `node --import`: kills it, as `kill -9` does, when its exchanges pass one labelled point for the n-th time. */
import { subscribe } from 'node:diagnostics_channel';
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { type Checkpoint, exchangeChannelName } from '../../gateway/exchange/checkpoints.ts';

/** In the order in which a request passes them. */
export const killPoints: readonly Checkpoint[] = [
  'row-handed-over',
  'first-upstream-byte',
  'last-token',
  'row-committed',
  'last-byte-sent',
];

/** What stands before the request's id on the last line of stderr. */
export const killMark = 'killed at the request ';

/** The environment of a gateway that is to die at that point. @param passing 1 for the first request that passes it */
export function killAt(point: Checkpoint, passing: number): Record<string, string> {
  return {
    KILL_AT: point,
    KILL_AT_PASSING: String(passing),
    NODE_OPTIONS: `--import=${join(import.meta.dirname, 'kill-at.ts')}`,
  };
}

function watch(point: string, passing: number): void {
  let passed = 0;
  subscribe(exchangeChannelName, (message) => {
    const { checkpoint, requestId } = message as { readonly checkpoint: string; readonly requestId: string };
    if (checkpoint !== point) return;
    passed += 1;
    if (passed !== passing) return;
    writeSync(2, `${killMark}${requestId}\n`);
    process.kill(process.pid, 'SIGKILL');
  });
}

const { KILL_AT: point, KILL_AT_PASSING: passing } = process.env;
if (isMainThread && point && passing) watch(point, Number(passing));
