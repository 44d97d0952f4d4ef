/** A built interface in small, for tests of how one is served: an index, a hashed asset, a plain one, and files that are none of its own. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Makes it in a folder of its own; beside it lies a file that must never be served.
 * @returns its folder, `<parent>/ui`; remove the parent in the end
 */
export function makeSampleInterface(): string {
  const parent = mkdtempSync(join(tmpdir(), 'gatehouse-pages-'));
  const folder = join(parent, 'ui');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), '<title>Built</title>');
  writeFileSync(join(folder, 'assets', 'app-B3x9_kQ1.js'), 'export {};');
  writeFileSync(join(folder, 'assets', 'style.css'), 'body {}');
  writeFileSync(join(folder, 'notes.secret'), 'canary');
  writeFileSync(join(parent, 'outside.js'), 'canary');
  return folder;
}
