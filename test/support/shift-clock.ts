/** Loaded into a gateway by `node --import`: at SIGUSR2 its clock on the wall goes to another moment, and runs on from there. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isMainThread } from 'node:worker_threads';
import type { RunningGateway } from './start-gateway.ts';

const mark = 'clock-shifted-by ';
const patienceMs = 5_000;

/** The environment of a gateway whose clock a test moves. @param file where it finds by how much */
export function shiftableClock(file: string): Record<string, string> {
  writeFileSync(file, '0');
  return { CLOCK_FILE: file, NODE_OPTIONS: `--import=${join(import.meta.dirname, 'shift-clock.ts')}` };
}

/** @param byMs milliseconds before (negative) or after the real time, whatever it was before */
export async function shiftClock(gateway: RunningGateway, file: string, byMs: number): Promise<void> {
  const shifts = () => gateway.stderr.split(mark).length;
  const before = shifts();
  writeFileSync(file, String(byMs));
  process.kill(gateway.processId, 'SIGUSR2');
  const deadline = performance.now() + patienceMs;
  while (shifts() === before) {
    if (performance.now() > deadline) throw new Error(`The gateway's clock was not shifted within ${patienceMs} ms.`);
    await delay(5);
  }
}

function letShift(file: string): void {
  const realNow = Date.now;
  let byMs = 0;
  Date.now = () => realNow() + byMs;
  process.on('SIGUSR2', () => {
    byMs = Number(readFileSync(file, 'utf8'));
    process.stderr.write(`${mark}${byMs}\n`);
  });
}

const { CLOCK_FILE: file } = process.env;
if (isMainThread && file) letShift(file);
