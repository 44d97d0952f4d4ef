/** Holds the name of a port's owner to what a person can find and stop, and to what is safe to print. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findPortOwner } from '../../../gateway/server/port-owner.ts';

const listening = "require('node:net').createServer().listen(0, '127.0.0.1', function () { console.log(this.address().port); });";
let folder: string;
let child: ChildProcess | null = null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-owner-'));
});
afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a program that listens on a port of its own choice, and returns who is said to own that port. */
async function ownerOf(args: readonly string[]): Promise<string | null> {
  child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  if (!child.stdout) throw new Error('the program has no stdout');
  const [printed] = (await once(child.stdout, 'data')) as [Buffer];
  return await findPortOwner(Number(printed.toString()));
}

describe.runIf(process.platform === 'linux')('on Linux', () => {
  test('a script is named with the program that runs it, without folders and other arguments', async () => {
    const script = join(folder, 'my-server.cjs');
    writeFileSync(script, listening);
    const owner = await ownerOf(['--no-warnings', script, '--token', 'sk-secret']);
    expect(owner).toBe(`node my-server.cjs (pid ${child?.pid})`);
  });

  test('a program without a script is named by itself', async () => {
    expect(await ownerOf(['-e', listening])).toBe(`node (pid ${child?.pid})`);
  });

  test('a name with control and direction characters cannot write over the terminal', async () => {
    const owner = await ownerOf(['-e', `process.title = 'a\\u001b[2J\\u202eb\\u0007'; ${listening}`]);
    expect(owner).toBe(`a[2Jb (pid ${child?.pid})`);
  });
});

test("a port that nobody has is nobody's", async () => {
  expect(await findPortOwner(1)).toBeNull();
});
