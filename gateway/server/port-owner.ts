/** Names the program that listens on a port, where the system tells: Linux by /proc, macOS by lsof. */
import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';

/** @returns `node server.js (pid 123)`, or null when it cannot be known */
export async function findPortOwner(port: number): Promise<string | null> {
  try {
    if (process.platform === 'linux') return await ownerFromProc(port);
    if (process.platform === 'darwin') return await ownerFromLsof(port);
  } catch {
    // The port is taken whoever has it: not knowing the name must not hide that.
  }
  return null;
}

async function ownerFromProc(port: number): Promise<string | null> {
  const inodes = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const text = await readFile(table, 'utf8').catch(() => '');
    for (const inode of listeningInodes(text, port)) inodes.add(inode);
  }
  if (inodes.size === 0) return null;
  for (const pid of await readdir('/proc')) {
    if (/^\d+$/.test(pid) && (await holdsSocket(pid, inodes))) {
      const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      return describeOwner(nameProgram(words.split('\0')), pid);
    }
  }
  return null;
}

const scriptName = /\.(?:[cm]?[jt]s|py|rb|pl|php|sh|jar)$/;
const longestName = 80;

/** The program and, where one runs, its script, both without their folders; other arguments may be secret. */
function nameProgram([program = '', ...rest]: readonly string[]): string {
  const script = rest.find((word) => scriptName.test(word));
  return script === undefined ? basename(program) : `${basename(program)} ${basename(script)}`;
}

/** A program chooses its name: control characters in it could write over the terminal that it is shown on. */
function describeOwner(name: string | undefined, pid: string): string {
  const shown = name
    ?.replace(/[\p{Cc}\p{Cf}]/gu, '')
    .trim()
    .slice(0, longestName);
  return `${shown || 'a program'} (pid ${pid})`;
}

/** Rows of /proc/net/tcp: local address `HEX:PORT` in column 1, state 0A (listening) in column 3, inode in column 9. */
function listeningInodes(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[1]?.endsWith(suffix) && columns[3] === '0A')
    .map((columns) => columns[9] ?? '');
}

async function holdsSocket(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  for (const descriptor of descriptors) {
    const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined && inodes.has(inode)) return true;
  }
  return false;
}

function ownerFromLsof(port: number): Promise<string | null> {
  return new Promise((resolve) => {
    // Nothing of our own environment, where provider keys may be, goes to a child.
    const options = { timeout: 2_000, env: { PATH: process.env.PATH } };
    execFile('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], options, (_error, output) => {
      const pid = /^p(\d+)$/m.exec(output)?.[1];
      const name = /^c(.+)$/m.exec(output)?.[1];
      resolve(pid === undefined ? null : describeOwner(name, pid));
    });
  });
}
