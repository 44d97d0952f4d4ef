/** A display that nobody sees, for programs that need one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

const programs = ['/usr/bin/Xvfb', '/usr/local/bin/Xvfb'];
const found = programs.find((program) => existsSync(program)) ?? null;
const running = new Set<ChildProcess>();

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** The reason to give to `context.skip`; null when a display can be had. */
export const noDisplay = found ? null : 'no Xvfb was found: install it (Debian: xvfb)';

export interface VirtualDisplay extends AsyncDisposable {
  /** `:99` */
  readonly name: string;
}

/** @throws Error when there is no Xvfb, or when it does not start */
export async function startDisplay(): Promise<VirtualDisplay> {
  if (!found) throw new Error(noDisplay ?? '');
  const child = spawn(found, ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  running.add(child);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const output = child.stdio[3];
  if (!output || !('readable' in output)) throw new Error('Xvfb was started without a place to say its number.');
  const number = await new Promise<string>((resolve, reject) => {
    createInterface(output).once('line', resolve);
    void ended.then(() => reject(new Error('Xvfb ended before it showed anything.')));
  });
  return {
    name: `:${number}`,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
      running.delete(child);
    },
  };
}
