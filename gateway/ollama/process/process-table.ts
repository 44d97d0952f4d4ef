/** The processes of this machine, as far as the system tells: by /proc on Linux, `ps` on macOS, a query on Windows. */
import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

export interface ProcessFacts {
  readonly pid: number;
  readonly parentPid: number;
  /** Null where the system has no process groups. */
  readonly groupId: number | null;
  /** When it began: with the pid it names one process and no other, also after the pid is used again. */
  readonly startedAt: string;
  /** The whole path of its program; empty where it may not be seen. */
  readonly executable: string;
}

/** @throws Error where the system's own tool fails */
export async function readProcesses(platform: NodeJS.Platform = process.platform): Promise<ProcessFacts[]> {
  if (platform === 'linux') return readProc();
  if (platform === 'win32') return readWindows();
  return readPs();
}

async function readProc(): Promise<ProcessFacts[]> {
  const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(names.map((name) => readProcEntry(name, boot)));
  return found.filter((one) => one !== null);
}

/** @returns null for one that has ended meanwhile, or waits only to be noticed */
async function readProcEntry(name: string, boot: string): Promise<ProcessFacts | null> {
  const folder = join('/proc', name);
  const stat = await readFile(join(folder, 'stat'), 'utf8').catch(() => '');
  const facts = readProcStat(stat, boot);
  if (facts === null) return null;
  const executable = await readlink(join(folder, 'exe')).catch(() => '');
  return { ...facts, executable: executable.replace(/ \(deleted\)$/, '') };
}

/** @param stat of `/proc/<pid>/stat`: the name, in brackets, may hold anything */
export function readProcStat(stat: string, boot: string): Omit<ProcessFacts, 'executable'> | null {
  const pid = Number.parseInt(stat, 10);
  const [state, parentPid, groupId, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // Field 22, counted from 1; the three before `rest` are the third to the fifth.
  const ticks = rest[16];
  if (!Number.isInteger(pid) || ticks === undefined || state === 'Z') return null;
  return { pid, parentPid: Number(parentPid), groupId: Number(groupId), startedAt: `${boot}:${ticks}` };
}

/** Bytes that a list of processes may take. */
const maximumBuffer = 16 * 1_024 * 1_024;

function run(program: string, flags: readonly string[]): Promise<string> {
  // Nothing of our own environment, where provider keys may be, goes to a child.
  const { PATH, SystemRoot } = process.env;
  const options = { timeout: 10_000, maxBuffer: maximumBuffer, env: { PATH, SystemRoot, LC_ALL: 'C' }, windowsHide: true };
  return new Promise((resolve, reject) => {
    execFile(program, [...flags], options, (error, output) => (error ? reject(error) : resolve(output)));
  });
}

async function readPs(): Promise<ProcessFacts[]> {
  return readPsLines(await run('ps', ['-axo', 'pid=,ppid=,pgid=,lstart=,comm=']));
}

const psLine = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\w{3}\s+\w{3}\s+\d+\s+[\d:]+\s+\d{4})\s+(.*)$/;

export function readPsLines(output: string): ProcessFacts[] {
  return output.split('\n').flatMap((line) => {
    const [, pid, parentPid, groupId, startedAt = '', executable = ''] = psLine.exec(line) ?? [];
    if (pid === undefined) return [];
    return [{ pid: Number(pid), parentPid: Number(parentPid), groupId: Number(groupId), startedAt, executable }];
  });
}

const windowsQuery =
  'Get-CimInstance Win32_Process | ForEach-Object { "{0}|{1}|{2}|{3}" -f $_.ProcessId, $_.ParentProcessId, $_.CreationDate.Ticks, $_.ExecutablePath }';

async function readWindows(): Promise<ProcessFacts[]> {
  return readWindowsLines(await run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', windowsQuery]));
}

export function readWindowsLines(output: string): ProcessFacts[] {
  return output.split(/\r?\n/).flatMap((line) => {
    const [pid = '', parentPid, startedAt = '', ...path] = line.split('|');
    if (!/^\d+$/.test(pid)) return [];
    return [{ pid: Number(pid), parentPid: Number(parentPid), groupId: null, startedAt, executable: path.join('|') }];
  });
}
