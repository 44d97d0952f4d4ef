/** Finds a port of 127.0.0.1 that an engine of our own can have. */
import { createServer } from 'node:net';

/** @param wanted one that would do best; null for any @returns that, or one that is free */
export async function findFreePort(wanted: number | null): Promise<number> {
  const kept = wanted === null ? null : await tryPort(wanted);
  return kept ?? (await tryPort(0)) ?? refuse();
}

function refuse(): never {
  throw new Error('no port of 127.0.0.1 is free');
}

/** @returns null when it is taken */
function tryPort(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address === null || typeof address === 'string' ? null : address.port));
    });
  });
}
