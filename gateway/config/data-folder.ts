/** The folder that holds everything Gatehouse keeps: where it is on each system, and that only its owner may read it. */
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../files/error-code.ts';

export interface Place {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
}

/** The usual data folder of this system (XDG base directories, Application Support, %APPDATA%). */
export function defaultDataFolder({ platform, environment, homeFolder }: Place): string {
  if (platform === 'darwin') return path.posix.join(homeFolder, 'Library', 'Application Support', 'Gatehouse');
  if (platform === 'win32') {
    return path.win32.join(environment.APPDATA || path.win32.join(homeFolder, 'AppData', 'Roaming'), 'Gatehouse');
  }
  // The XDG specification says that a relative path is to be ignored.
  const data = environment.XDG_DATA_HOME;
  return path.posix.join(data?.startsWith('/') ? data : path.posix.join(homeFolder, '.local', 'share'), 'gatehouse');
}

export interface DataFolder {
  /** Absolute. */
  readonly path: string;
  /** Set when an older folder lets others in; a folder that was already there is never changed. */
  readonly warning: string | null;
}

/**
 * Makes the folder (mode 0700, with its parents) or takes the one that is there.
 * @throws Error with a sentence when the folder cannot be made or is none
 */
export async function openDataFolder(folder: string): Promise<DataFolder> {
  const absolute = path.resolve(folder);
  try {
    await mkdir(absolute, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new Error(`The data folder ${absolute} cannot be made (${errorCode(error)}); choose another with --data.`, {
      cause: error,
    });
  }
  const { mode } = await stat(absolute);
  const open = process.platform !== 'win32' && (mode & 0o077) !== 0;
  return {
    path: absolute,
    warning: open ? `Others on this machine may look into the data folder; close it with: chmod 700 "${absolute}"` : null,
  };
}
