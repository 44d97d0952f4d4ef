/** A session with a keyring of its own, unlocked, for a program that is started in it. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const needed = ['/usr/bin/dbus-run-session', '/usr/bin/gnome-keyring-daemon'];
const missing = needed.filter((program) => !existsSync(program));

/** The reason to give to `context.skip`; null when there can be a keyring. */
export const noKeyring: string | null =
  missing.length === 0 ? null : `${missing.join(' and ')} is missing: install dbus and gnome-keyring`;

/**
 * Writes a program that starts Electron in such a session, with the arguments it is given. With an empty password the
 * keyring would answer that it has none.
 * @param home where the keyring is kept, so that the next session with this home finds it
 */
export function keyringProgram(home: string, electronFolder: string): string {
  const inside = join(home, 'in-session.sh');
  const program = join(home, 'with-keyring.sh');
  const unlock = 'eval "$(printf pw | gnome-keyring-daemon --unlock --components=secrets)"';
  writeFileSync(inside, ['#!/bin/sh', unlock, `exec '${join(electronFolder, 'electron')}' "$@"`, ''].join('\n'), { mode: 0o755 });
  writeFileSync(program, ['#!/bin/sh', `exec dbus-run-session -- '${inside}' "$@"`, ''].join('\n'), { mode: 0o755 });
  return program;
}
