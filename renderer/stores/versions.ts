/** The accepted versions of the config: which there are, what differs between two, and the way back to one. */
import type { CallOutput } from '../../gateway/contract/calls.ts';
import { CallError } from '../../gateway/contract/call-error.ts';
import { control } from '../control.ts';
import { readConfig, useGateway } from './gateway.ts';
import { type Reading, useReading } from './use-reading.ts';

export type ConfigVersion = CallOutput<'config.versions'>['items'][number];
export type ConfigChange = CallOutput<'config.diff'>['changes'][number];

/** Newest first; read anew when there is one more. */
export function useVersions(): Reading<readonly ConfigVersion[]> {
  const newest = useGateway(({ config }) => config?.version ?? 0);
  return useReading('versions', newest, async () => {
    const { items } = await control.call('config.versions', {});
    return [...items].sort((one, other) => other.version - one.version);
  });
}

/** @param to a version, or a config that is not in force; null asks nothing */
export function useDifference(
  from: number | null,
  to: number | Readonly<Record<string, unknown>> | null,
): Reading<readonly ConfigChange[]> {
  const wanted = from === null || to === null ? null : { from, to };
  const isDocument = typeof to === 'object';
  const subject = wanted && (isDocument ? 'document' : `${from} ${JSON.stringify(to)}`);
  return useReading(subject, isDocument ? `${from} ${JSON.stringify(to)}` : 0, async () => {
    if (!wanted) return [];
    return (await control.call('config.diff', wanted)).changes;
  });
}

/**
 * Brings a version into force again, as a new one.
 * @returns the version that was in force before, to which one can go back
 * @throws CallError; after a `conflict` the newer config is shown
 */
export async function restoreVersion(version: number): Promise<{ readonly before: number; readonly now: number }> {
  const before = useGateway.getState().config?.version;
  if (before === undefined) throw new CallError('unavailable', 'The config has not been read yet; try again in a moment.');
  try {
    const { version: now } = await control.call('config.restore', { version, baseVersion: before });
    await readConfig();
    return { before, now };
  } catch (error) {
    if (error instanceof CallError && error.kind === 'conflict') {
      await readConfig();
      throw new CallError(
        'conflict',
        'The config was changed elsewhere meanwhile; look at the newest version and restore again.',
      );
    }
    throw error;
  }
}
