/** Answers the calls about client keys: making, changing, rotating, listing and revoking them. */
import type { CallParts } from './call-handlers.ts';
import { CallError, type CallHandlers } from './contract/calls.ts';
import { keyRevoked } from './exchange/own-errors.ts';
import { WriteFailedError } from './storage/settle.ts';

const minuteMs = 60_000;

export function clientCalls({ clients, storage, engine }: Pick<CallParts, 'clients' | 'storage' | 'engine'>) {
  return {
    'clients.create': async ({ name, ...terms }) => {
      if (terms.expiresAtMs !== null && terms.expiresAtMs <= Date.now())
        throw new CallError('invalid', 'The key would have expired already; choose a later moment.', 'expiresAtMs');
      const created = await written(clients.create(name, terms));
      await engine.limits.prepare();
      return created;
    },
    'clients.update': async ({ id, ...changes }) => {
      if (!(await written(clients.update(id, changes)))) throw noSuchClient();
      await engine.limits.prepare();
      return { updated: true as const };
    },
    'clients.rotate': async ({ id, overlapMinutes }) => {
      const rotation = await written(clients.rotate(id, overlapMinutes * minuteMs));
      if (rotation === null) throw noSuchClient();
      return rotation;
    },
    'clients.list': () => {
      const items = storage.clients.list().map((item) => ({ ...item, limitsUsed: engine.limits.used(item) }));
      return { items };
    },
    'clients.revoke': async ({ id }) => {
      const revoked = clients.revoke(id);
      // The key opens nothing from here on, whether or not that can be written down.
      engine.live.abort(keyRevoked(), id);
      try {
        return { revoked: await revoked };
      } catch (error) {
        if (error instanceof WriteFailedError) throw new CallError('unavailable', revokedUntilRestart(error), 'id');
        throw error;
      }
    },
  } satisfies Partial<CallHandlers>;
}

/** @throws CallError for what cannot be written down; then nothing has changed */
function written<T>(write: Promise<T>): Promise<T> {
  return write.catch((error: unknown) => {
    throw error instanceof WriteFailedError ? new CallError('unavailable', error.message) : error;
  });
}

function noSuchClient(): CallError {
  return new CallError('not-found', 'There is no such client key in force.', 'id');
}

function revokedUntilRestart({ message }: WriteFailedError): string {
  const done = 'The key is refused from now on and its running requests are ended, but only until Gatehouse starts again';
  return `${done}: revoke it once more when the log can be written. ${message}`;
}
