/** Opens everything a data folder keeps: lock, database, migrations, left-over rows, writer, background thread. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Database } from 'better-sqlite3';
import type { ClientItem, RequestDetail, RequestRecorder } from '../contract/records.ts';
import { parseRequestId } from '../contract/request-id.ts';
import type { ShadowLog } from '../contract/shadows.ts';
import { type AlertStorage, openAlertStorage } from './alert-storage.ts';
import { createBackground, type ListInput, type ListOutput, type LogBackground } from './background.ts';
import { createLastSeen, type LastSeen } from './last-seen.ts';
import type { Outage } from './late-writes.ts';
import { costStorage, type CostStorage } from './cost-storage.ts';
import { type LedgerStorage, ledgerStorage } from './ledger-storage.ts';
import { type DataFolderLock, lockDataFolder } from './lock.ts';
import { databaseFile, openDatabase } from './open-database.ts';
import { createFollowers } from './commit-batch.ts';
import { interruptLeftOvers } from './recovery-mark.ts';
import { countLeftOvers } from './usage/count-left-overs.ts';
import { prepareDecisionRead } from './request-queries.ts';
import { interruptShadows, prepareShadowUse } from './shadow-rows.ts';
import { clientItem } from './client-item.ts';
import { prepareSettingsQueries, type SettingsQueries } from './settings-queries.ts';
import type { ClientChanges, ClientKeyRow, ClientRow, ConfigVersionRow, SecretRow, VaultKeyRow } from './settings-writes.ts';
import { type UsageStorage, usageStorage } from './usage/usage-storage.ts';
import { readTokenRatios, type TokenRatioRow } from './token-ratio-rows.ts';
import { prepareWindowCounts, type WindowCounts } from './window-counts.ts';
import { openWriter, type Writer } from './writer.ts';

export interface StorageOptions {
  readonly dataDir: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Every promise here resolves after the commit; a failed write rejects with WriteFailedError. */
export interface Storage {
  readonly recorder: RequestRecorder;
  /** The greatest request key in use, 0 for none: where createKeySource goes on. */
  readonly lastRequestKey: number;
  /** How many requests the last process left running. */
  readonly interruptedCount: number;
  listRequests(input: ListInput): Promise<ListOutput>;
  getRequest(id: string): Promise<RequestDetail | null>;
  /** What a request's decision was made from, as JSON text; null when that was not kept. */
  getDecisionInputs(id: string): string | null;
  readonly usage: UsageStorage;
  /**
   * Takes the oldest requests that began before a moment out of the log, so many at most; their summaries stay.
   * @returns whether there may be more of them
   */
  forgetRequests(beforeMs: number, most: number): Promise<boolean>;
  readonly shadows: ShadowLog;
  readonly costs: CostStorage;
  readonly ledger: LedgerStorage;
  readonly alerts: AlertStorage;
  /** What was asked, and sent to whom, in the windows of rate limits; what was handed over a moment ago is in it. */
  readonly windowCounts: WindowCounts;
  readonly clients: ClientStorage;
  readonly secrets: SecretStorage;
  readonly vaultKey: VaultKeyStorage;
  readonly configVersions: ConfigVersionStorage;
  readonly tokenRatios: TokenRatioStorage;
  /** Why the log cannot be written; null while it can. Ends of requests are kept meanwhile, and written when it can be again. */
  outage(): Outage | null;
  /** Is told when an outage begins, and null when it is over and the log is whole again. One listener, which must not throw. */
  followOutages(listener: (outage: Outage | null) => void): void;
  /** Waits for every write, ends the background thread, frees the folder. */
  close(): Promise<void>;
}

export interface ClientStorage {
  /** Every client with its hash, revoked ones too. */
  loadAll(): ClientRow[];
  list(): ClientItem[];
  create(client: ClientRow): Promise<void>;
  /** False when there is no such client or it was revoked. */
  update(id: string, changes: ClientChanges): Promise<boolean>;
  /** Its older keys end then, if they do not sooner. False when there is no such client or it was revoked. */
  addKey(id: string, key: ClientKeyRow, olderEndAtMs: number): Promise<boolean>;
  /** False when there is no such client or it was revoked before. */
  revoke(id: string): Promise<boolean>;
  /** Costs a note in memory; it is written within seconds. */
  touch(id: string, atMs: number): void;
}

export interface SecretStorage {
  list(): Omit<SecretRow, 'ciphertext'>[];
  get(name: string): SecretRow | null;
  save(secret: SecretRow): Promise<void>;
  /** False when there was none of that name. */
  delete(name: string): Promise<boolean>;
}

export interface VaultKeyStorage {
  get(): VaultKeyRow | null;
  /** False, and nothing changed, when the vault holds secrets made with another key. */
  save(key: VaultKeyRow): Promise<boolean>;
}

/** What was learned of how models count tokens. */
export interface TokenRatioStorage {
  load(): TokenRatioRow[];
  save(rows: readonly TokenRatioRow[]): Promise<void>;
}

export interface ConfigVersionStorage {
  /** @throws WriteFailedError when the version's number is taken */
  save(version: ConfigVersionRow): Promise<void>;
  /** Newest first, without their documents. */
  list(): Omit<ConfigVersionRow, 'documentJson'>[];
  get(version: number): ConfigVersionRow | null;
  latest(): ConfigVersionRow | null;
}

/**
 * Opens a data folder, making it when it is not there.
 * @throws DataFolderInUseError, DamagedDatabaseError, NewerDatabaseError
 */
export function openStorage(options: StorageOptions): Storage {
  const folder = path.resolve(options.dataDir);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = lockDataFolder(folder);
  let database: Database | null = null;
  try {
    database = openDatabase(folder);
    interruptShadows(database);
    const interruptedCount = interruptLeftOvers(database);
    countLeftOvers(database);
    const lastRequestKey = database.prepare<[], number>('SELECT coalesce(max(key), 0) FROM requests').pluck().get() ?? 0;
    return { interruptedCount, lastRequestKey, ...assemble(folder, options, database, lock) };
  } catch (error) {
    database?.close();
    lock.release();
    throw error;
  }
}

/** SQLite's own checkpoints, inside a commit, are only a bound for the journal's size: the background thread makes them. */
const pagesPerOwnCheckpoint = 32_000;

function assemble(
  folder: string,
  { now }: StorageOptions,
  database: Database,
  lock: DataFolderLock,
): Omit<Storage, 'interruptedCount' | 'lastRequestKey'> {
  const background = createBackground(databaseFile(folder));
  // A commit never waits: a lock that another process holds is asked for again by the writer.
  database.pragma('busy_timeout = 0');
  database.pragma(`wal_autocheckpoint = ${pagesPerOwnCheckpoint}`);
  const onCheckpointDue = (): void => void background.checkpoint().catch(() => undefined);
  let onOutage: (outage: Outage | null) => void = () => undefined;
  const followers = createFollowers(database);
  const writer = openWriter(database, { followers, onCheckpointDue, now, onOutage: (outage) => onOutage(outage) });
  const settings = prepareSettingsQueries(database);
  const lastSeen = createLastSeen((seen) => writer.write({ type: 'touch-clients', seen }));
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    // Handed over before the writer refuses what comes after this call.
    const noted = lastSeen.flush().catch(() => undefined);
    await Promise.all([noted, writer.close(), background.close()]);
    followers.summaries.close();
    database.close();
    lock.release();
  };
  return {
    recorder: writer,
    ...logReads(writer, background, database),
    usage: usageStorage({ writer, background, summaries: followers.summaries }),
    forgetRequests: (beforeMs, most) => {
      followers.summaries.write();
      return writer.write({ type: 'forget-requests', beforeMs, most });
    },
    shadows: shadowStorage(writer, prepareShadowUse(database)),
    costs: costStorage(background, writer, followers.summaries),
    ledger: ledgerStorage(writer, database, followers.summaries),
    alerts: openAlertStorage(writer, database, followers.summaries),
    windowCounts: windowCountStorage(writer, prepareWindowCounts(database)),
    clients: clientStorage(writer, settings, lastSeen, now),
    secrets: secretStorage(writer, settings),
    vaultKey: vaultKeyStorage(writer, settings),
    configVersions: configVersionStorage(writer, settings),
    tokenRatios: tokenRatioStorage(writer, database),
    outage: () => writer.outage(),
    followOutages: (listener) => {
      onOutage = listener;
    },
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/** What was handed over a moment ago is seen by who asks now. */
function logReads(
  writer: Writer,
  background: LogBackground,
  database: Database,
): Pick<Storage, 'listRequests' | 'getRequest' | 'getDecisionInputs'> {
  const readDecision = prepareDecisionRead(database);
  return {
    listRequests: (input) => {
      writer.flush();
      return background.list(input);
    },
    getRequest: (id) => {
      writer.flush();
      return background.get(id);
    },
    getDecisionInputs: (id) => {
      writer.flush();
      const key = parseRequestId(id);
      return key === null ? null : readDecision(key);
    },
  };
}

function shadowStorage(writer: Writer, usedOn: ShadowLog['usedOn']): ShadowLog {
  return {
    begin: async (start) => {
      await writer.write({ type: 'begin-shadow', start });
    },
    end: async (end) => {
      await writer.write({ type: 'end-shadow', end });
    },
    usedOn: (day) => {
      writer.flush();
      return usedOn(day);
    },
  };
}

function windowCountStorage(writer: Writer, counts: WindowCounts): WindowCounts {
  return {
    ofClient: (question) => {
      writer.flush();
      return counts.ofClient(question);
    },
    ofProvider: (question) => {
      writer.flush();
      return counts.ofProvider(question);
    },
  };
}

function clientStorage(writer: Writer, settings: SettingsQueries, lastSeen: LastSeen, now: () => number): ClientStorage {
  return {
    loadAll: () => settings.clients(),
    list: () =>
      settings
        .clients()
        .map((client) => ({ ...clientItem(client, now()), lastSeenAtMs: lastSeen.pending(client.id) ?? client.lastSeenAtMs })),
    create: async (client) => {
      await writer.write({ type: 'create-client', client });
    },
    update: (id, changes) => writer.write({ type: 'update-client', id, changes }),
    addKey: (id, key, olderEndAtMs) => writer.write({ type: 'add-client-key', id, key, olderEndAtMs }),
    revoke: (id) => writer.write({ type: 'revoke-client', id, revokedAtMs: now() }),
    touch: (id, atMs) => lastSeen.touch(id, atMs),
  };
}

function vaultKeyStorage(writer: Writer, settings: SettingsQueries): VaultKeyStorage {
  return {
    get: () => settings.vaultKey(),
    save: (key) => writer.write({ type: 'save-vault-key', key }),
  };
}

function tokenRatioStorage(writer: Writer, database: Database): TokenRatioStorage {
  return {
    load: () => readTokenRatios(database),
    save: async (rows) => {
      await writer.write({ type: 'save-token-ratios', rows });
    },
  };
}

function configVersionStorage(writer: Writer, settings: SettingsQueries): ConfigVersionStorage {
  return {
    save: async (version) => {
      await writer.write({ type: 'save-config-version', version });
    },
    list: () => settings.configVersions(),
    get: (version) => settings.configVersion(version),
    latest: () => settings.latestConfigVersion(),
  };
}

function secretStorage(writer: Writer, settings: SettingsQueries): SecretStorage {
  return {
    list: () => settings.secrets(),
    get: (name) => settings.secret(name),
    save: async (secret) => {
      await writer.write({ type: 'save-secret', secret });
    },
    delete: (name) => writer.write({ type: 'delete-secret', name }),
  };
}
