/** A server of releases on this machine: it redirects as GitHub does, knows ranges, and breaks off when it is told to. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

export interface ReleaseServer extends AsyncDisposable {
  readonly url: string;
  /** Of each request for the file itself; empty where it asked for all of it. */
  readonly ranges: string[];
  content: Buffer;
  /** Says nothing of what it is, so that nothing can be gone on with. */
  withoutTag: boolean;
  /** Breaks off after so many bytes of each answer. */
  cutAfter: number | null;
}

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

export async function startReleaseServer(first: Buffer): Promise<ReleaseServer> {
  const ranges: string[] = [];
  const server = createServer((request, response) => {
    if (request.url === '/release') return void response.writeHead(302, { location: '/file?signed=1' }).end();
    const { content, withoutTag, cutAfter } = state;
    const etag = `"${sha256(content).slice(0, 16)}"`;
    const isSame = request.headers['if-range'] === etag;
    const from = isSame ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0;
    ranges.push(request.headers.range ?? '');
    const rest = content.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': rest.length,
      ...(withoutTag ? {} : { etag }),
      ...(from > 0 ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {}),
    });
    if (cutAfter === null || cutAfter >= rest.length) return void response.end(rest);
    response.write(rest.subarray(0, cutAfter), () => setTimeout(() => response.destroy(), 20));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const state: ReleaseServer = {
    url: `http://127.0.0.1:${port}/release`,
    ranges,
    content: first,
    withoutTag: false,
    cutAfter: null,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return state;
}
