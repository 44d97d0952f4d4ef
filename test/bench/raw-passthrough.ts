/**
 * The yardstick: the least that `node:http` and undici can do to pass a request through, without a rule, a key or a row.
 * `node raw-passthrough.ts <upstream origin>`; the first line of stdout is its port.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';

const origin = process.argv[2] ?? '';
const pool = new Pool(origin, { connections: 512, pipelining: 1 });

function forward(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const { 'content-type': type, 'content-length': length, authorization } = request.headers;
  const headers = { 'content-type': type, 'content-length': length, authorization };
  pool.dispatch(
    { origin, method: 'POST', path: request.url ?? '/', headers, body },
    {
      onRequestStart(controller) {
        response.on('drain', () => controller.resume());
        response.on('close', () => {
          if (!response.writableFinished) controller.abort(new Error('client gone'));
        });
      },
      onResponseStart(_controller, status, { connection: _hop, 'transfer-encoding': _encoding, 'keep-alive': _alive, ...rest }) {
        response.writeHead(status, rest);
      },
      onResponseData(controller, chunk) {
        if (!response.write(chunk)) controller.pause();
      },
      onResponseEnd() {
        response.end();
      },
      onResponseError() {
        response.destroy();
      },
    },
  );
}

const server = createServer((request, response) => {
  // Gathered, not streamed: measured, that is the cheaper way, for 256 KB too.
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => forward(request, response, chunks[0] && chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
