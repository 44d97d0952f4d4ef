/** A config store on a real file in a folder of its own, with a history in memory. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type ConfigStore,
  type ConfigStoreOptions,
  type ConfigVersion,
  openConfigStore,
} from '../../../gateway/config/config-store.ts';
import type { GatewayConfig } from '../../../gateway/contract/config.ts';

export interface StoreFixture {
  readonly folder: string;
  readonly file: string;
  readonly history: ConfigVersion[];
  /** Every config that was activated, in order. */
  readonly running: GatewayConfig[];
  readonly stores: ConfigStore[];
  readonly activate: (config: GatewayConfig) => Promise<void>;
  readonly openStore: (options?: Partial<ConfigStoreOptions>) => Promise<ConfigStore>;
  readonly fileDocument: () => Promise<unknown>;
  readonly close: () => Promise<void>;
}

export async function createStoreFixture(): Promise<StoreFixture> {
  const folder = await mkdtemp(path.join(tmpdir(), 'config-store-'));
  const file = path.join(folder, 'config.json');
  const history: ConfigVersion[] = [];
  const running: GatewayConfig[] = [];
  const stores: ConfigStore[] = [];
  return {
    folder,
    file,
    history,
    running,
    stores,
    activate: async (config) => void running.push(config),
    openStore: async (options = {}) => {
      const store = await openConfigStore({
        file,
        overrides: [],
        saveVersion: (version) => void history.push(version),
        latestVersion: () => history.at(-1) ?? null,
        now: () => 1_700_000_000_000,
        watchTimes: { settleMs: 10, pollMs: 50 },
        ...options,
      });
      stores.push(store);
      return store;
    },
    fileDocument: async () => JSON.parse(await readFile(file, 'utf8')),
    close: async () => {
      await Promise.all(stores.map((store) => store.close()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A document that differs in one field, easy to recognise. */
export function withPort(port: number) {
  return { version: 1, listen: { port } };
}
