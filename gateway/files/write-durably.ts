/** Writes that are on the disk, with their names, before the caller goes on. */
import { open } from 'node:fs/promises';

/**
 * Makes a file of the owner's alone (mode 0600); its name lasts once its folder is synced too.
 * @throws Error of the system, `EEXIST` when there is one already
 */
export async function writeNewFile(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes what was made or renamed in the folder last. Windows has no such call for folders and needs none. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
