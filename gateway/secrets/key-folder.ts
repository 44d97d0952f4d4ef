/** Where key files are kept on each system: never in the data folder, so that a copy of that folder opens nothing. */
import path from 'node:path';

export interface KeyFolderPlace {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
}

/** The usual folder for key files of this system. */
export function defaultKeyFolder({ platform, environment, homeFolder }: KeyFolderPlace): string {
  if (platform === 'darwin') return path.posix.join(homeFolder, 'Library', 'Application Support', 'Gatehouse Keys');
  if (platform === 'win32') {
    return path.win32.join(environment.LOCALAPPDATA || path.win32.join(homeFolder, 'AppData', 'Local'), 'Gatehouse', 'keys');
  }
  const config = environment.XDG_CONFIG_HOME;
  return path.posix.join(config?.startsWith('/') ? config : path.posix.join(homeFolder, '.config'), 'gatehouse', 'keys');
}

/** What to tell a person whose key files would be copied along with the data they protect; null when all is well. */
export function keyFolderWarning(keyFolder: string, dataFolder: string): string | null {
  const inside = path.relative(dataFolder, keyFolder);
  const isInside = inside.split(path.sep)[0] !== '..' && !path.isAbsolute(inside);
  if (!isInside) return null;
  return `The vault's key file lies inside the data folder, so a copy of ${dataFolder} can be decrypted; set GATEHOUSE_KEY or choose another --data.`;
}
