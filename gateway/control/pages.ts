/** The files of the interface: listed once, so that only a name that was there can be asked for. */
import { readdir, readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { interfaceContentTypes, interfacePolicy, isScreenAddress } from '../contract/interface-files.ts';

/** A file whose name changes with its content: `assets/app-B3x9_kQ1.js`. */
const hashedName = /^\/assets\/.*-[\w-]{8,}\.[a-z0-9]+$/;

export interface PageFile {
  readonly file: string;
  readonly contentType: string;
  readonly isDocument: boolean;
  /** May a browser keep it for good? */
  readonly immutable: boolean;
}

export interface Pages {
  /**
   * @param path as in the request, not decoded
   * @param navigates does a browser open this as a document? Then a screen's own address gives the interface.
   */
  find(path: string, navigates: boolean): PageFile | null;
}

/** The pages of a gateway without an interface. */
export const noPages: Pages = { find: () => null };

/**
 * Lists an interface's folder.
 * @throws when the folder cannot be read or has no index.html
 */
export async function openPages(directory: string): Promise<Pages> {
  const files = new Map<string, PageFile>();
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    const contentType = interfaceContentTypes[extname(entry.name)];
    if (!entry.isFile() || contentType === undefined) continue;
    const file = join(entry.parentPath, entry.name);
    const path = `/${relative(directory, file).split(sep).join('/')}`;
    files.set(path, { file, contentType, isDocument: extname(file) === '.html', immutable: hashedName.test(path) });
  }
  const index = files.get('/index.html');
  if (!index) throw new Error(`The interface in ${directory} has no index.html; build it again.`);
  files.set('/', index);
  return { find: (path, navigates) => files.get(path) ?? (navigates && isScreenAddress(path) ? index : null) };
}

/**
 * Answers with a file.
 * @returns false when it is no longer there, with nothing sent
 */
export async function sendPage(page: PageFile, response: ServerResponse, headOnly: boolean): Promise<boolean> {
  let body: Buffer;
  try {
    body = await readFile(page.file);
  } catch {
    return false;
  }
  response.setHeader('content-type', page.contentType);
  response.setHeader('content-length', body.length);
  response.setHeader('content-security-policy', interfacePolicy);
  response.setHeader('cross-origin-opener-policy', 'same-origin');
  if (page.immutable) response.setHeader('cache-control', 'public, max-age=31536000, immutable');
  response.end(headOnly ? undefined : body);
  return true;
}
