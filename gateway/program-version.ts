/** The version of this program, from its package: one folder up from the sources, two from the bundle. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

export function readProgramVersion(): string {
  for (const folder of ['..', path.join('..', '..')]) {
    const manifest = readManifest(path.join(import.meta.dirname, folder, 'package.json'));
    if (manifest?.name === 'gatehouse') return String(manifest.version);
  }
  return 'unknown';
}

function readManifest(file: string): { readonly name?: unknown; readonly version?: unknown } | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
