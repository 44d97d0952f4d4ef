/** Small facts that outlive the process: a JSON file, replaced in one step. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** @returns null where there is none, or none that can be read */
export async function readJsonFile(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return null;
  }
}

/** @throws Error of the system */
export async function writeJsonFile(file: string, value: unknown): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const growing = `${file}.new`;
  await writeFile(growing, JSON.stringify(value, null, 2), { mode: 0o600 });
  await rename(growing, file);
}

export const removeFile = (file: string): Promise<void> => rm(file, { force: true });
