/** The files of the built interface, listed once: only a name that was there can be asked for. */
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { interfaceContentTypes, interfacePolicy, isScreenAddress } from '../gateway/contract/interface-files.ts';

export interface InterfaceFiles {
  /** Answers a path of the interface; a screen's own address gives its document. Never throws. */
  answer(path: string): Promise<Response>;
}

const headers = {
  'content-security-policy': interfacePolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/**
 * Lists the interface's folder.
 * @throws when it cannot be read or has no index.html
 */
export async function listInterface(directory: string): Promise<InterfaceFiles> {
  const files = new Map<string, string>();
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || interfaceContentTypes[extname(entry.name)] === undefined) continue;
    const file = join(entry.parentPath, entry.name);
    files.set(`/${relative(directory, file).split(sep).join('/')}`, file);
  }
  const index = files.get('/index.html');
  if (!index) throw new Error(`The interface in ${directory} has no index.html; build it again.`);
  files.set('/', index);
  return {
    answer(path) {
      const file = files.get(path) ?? (isScreenAddress(path) ? index : undefined);
      return file === undefined ? Promise.resolve(notFound()) : answerFile(file);
    },
  };
}

async function answerFile(file: string): Promise<Response> {
  try {
    const contentType = interfaceContentTypes[extname(file)] ?? 'application/octet-stream';
    return new Response(new Uint8Array(await readFile(file)), { headers: { ...headers, 'content-type': contentType } });
  } catch {
    return notFound();
  }
}

function notFound(): Response {
  const text = 'There is no such file in the interface.';
  return new Response(text, { status: 404, headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' } });
}
