/** Where an entry of an archive may go: below one folder, and through no link. Pure but for the look at what is there. */
import { lstat, mkdir } from 'node:fs/promises';
import { join, posix } from 'node:path';

/** An archive that is refused, and why. */
export class ArchiveError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ArchiveError';
  }
}

/** Names of devices on Windows, and what its paths read as more than a name. */
const strange = /[\p{Cc}<>:"|?*\\]/u;
const longestName = 1_024;

/**
 * The entry's path below the folder, its parts alone.
 * @throws ArchiveError for one that leads elsewhere, or could be read so by some system
 */
export function entryParts(name: string): string[] {
  if (name.length > longestName || strange.test(name)) throw new ArchiveError(`holds an unusable name, ${shown(name)}`);
  if (name.startsWith('/')) throw new ArchiveError(`holds a name that leads out of it, ${shown(name)}`);
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw new ArchiveError(`holds a name that leads out of it, ${shown(name)}`);
  return parts;
}

/**
 * A link may only name something below the folder, by steps up and then down.
 * @param parts of the link itself
 * @throws ArchiveError
 */
export function checkLink(parts: readonly string[], target: string): void {
  const steps = target.split('/').filter((step) => step !== '' && step !== '.');
  const firstName = steps.findIndex((step) => step !== '..');
  const goesUpAgain = firstName >= 0 && steps.slice(firstName).includes('..');
  const resolved = posix.normalize(posix.join(...parts.slice(0, -1), ...steps));
  const isInside = resolved !== '..' && !resolved.startsWith('../');
  if (target.startsWith('/') || strange.test(target) || goesUpAgain || !isInside || steps.length === 0) {
    throw new ArchiveError(`holds a link that leads out of it, ${shown(parts.join('/'))}`);
  }
}

/** Makes the folders that an entry lies in. @returns the entry's whole path @throws ArchiveError when one of them is none */
export async function makePlace(root: string, parts: readonly string[]): Promise<string> {
  let folder = root;
  for (const part of parts.slice(0, -1)) {
    folder = join(folder, part);
    await mkdir(folder).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    });
    if (!(await lstat(folder)).isDirectory()) throw new ArchiveError(`writes through a link, ${shown(parts.join('/'))}`);
  }
  return join(root, ...parts);
}

const shown = (name: string): string => JSON.stringify(name.slice(0, 120));
