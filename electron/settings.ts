/** What the shell itself remembers: the window's place and theme in one file, the wrapped data key in another of its own. */
import ElectronStore from 'electron-store';
import { z } from 'zod';
import { themeChoiceSchema } from '../gateway/contract/desktop.ts';
import { type KeyPlace, storedKeySchema } from './data-key.ts';

const boundsSchema = z.object({ x: z.number().int(), y: z.number().int(), width: z.number().int(), height: z.number().int() });
export type Bounds = z.infer<typeof boundsSchema>;

const windowSettingsSchema = z.object({
  bounds: boundsSchema.nullable().catch(null).default(null),
  maximized: z.boolean().catch(false).default(false),
  theme: themeChoiceSchema.catch('system').default('system'),
});
export type WindowSettings = z.infer<typeof windowSettingsSchema>;

export interface WindowSettingsPlace {
  read(): WindowSettings;
  change(part: Partial<WindowSettings>): void;
}

/** @param folder where Electron keeps what belongs to this user and application */
export function openWindowSettings(folder: string): WindowSettingsPlace {
  // What cannot be read here is only a window's place: it begins anew.
  const store = new ElectronStore({ cwd: folder, name: 'window', configFileMode: 0o600, clearInvalidConfig: true });
  return {
    read: () => windowSettingsSchema.parse(store.store),
    change: (part) => store.set(part),
  };
}

const keyName = 'dataKey';

/** The file is only opened when it is asked for, and one that is damaged stays as it is. */
export function openKeyPlace(folder: string): KeyPlace {
  let store: ElectronStore | null = null;
  const open = () => (store ??= new ElectronStore({ cwd: folder, name: 'data-key', configFileMode: 0o600 }));
  const file = `${folder}/data-key.json`;
  return {
    file,
    read() {
      try {
        const stored: unknown = open().get(keyName);
        return stored === undefined ? null : storedKeySchema.parse(stored);
      } catch (cause) {
        throw new Error(`The file ${file} is damaged; restore it from a backup.`, { cause });
      }
    },
    write: (key) => open().set(keyName, key),
  };
}
