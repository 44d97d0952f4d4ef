/** The living config: one document, its file and its versions. */
import { isDeepStrictEqual } from 'node:util';
import type { ConfigProblem, GatewayConfig } from '../contract/config.ts';
import type { Problem } from '../contract/status.ts';
import {
  type ConfigDocument,
  ConfigFileError,
  type ConfigReading,
  firstDocument,
  formatDocument,
  readConfigFile,
  writeConfigFile,
} from './config-file.ts';
import { contentOfText, LivingConfig } from './living-config.ts';
import { buildEffectiveConfig, type ConfigOverride } from './overrides.ts';
import type { WatchTimes } from './watch-file.ts';

/** Who made a version: the first start, a person editing the file, a call, or one that brought an earlier version back. */
export type ConfigSource = 'first-start' | 'file' | 'call' | 'restore';

/** A version as the history keeps it. */
export interface ConfigVersion {
  readonly version: number;
  readonly documentJson: string;
  readonly savedAtMs: number;
  readonly source: ConfigSource;
}

/** What is needed of a version to know it again. */
export type KeptVersion = Pick<ConfigVersion, 'version' | 'documentJson'>;

export interface ConfigState {
  readonly version: number;
  /** What the file holds. */
  readonly document: ConfigDocument;
  /** What runs: every default filled in, this run's overrides laid over it. */
  readonly effective: GatewayConfig;
  readonly overrides: readonly ConfigOverride[];
}

/** Builds and binds what the config says. Throws when that cannot be done, and then nothing has changed. */
export type Activate = (effective: GatewayConfig, version: number) => Promise<void>;

export interface ConfigStoreOptions {
  readonly file: string;
  /** A person named the file: when it is not there, its name is wrong. Otherwise the first document is written. */
  readonly mustExist?: boolean;
  readonly overrides: readonly ConfigOverride[];
  /** What is wrong with a config that has the right form; nothing when it may run. */
  readonly findProblems?: (config: GatewayConfig) => readonly ConfigProblem[];
  /** Keeps a version for good; throws when it could not. */
  readonly saveVersion: (version: ConfigVersion) => Promise<void> | void;
  readonly latestVersion: () => Promise<KeptVersion | null> | KeptVersion | null;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** After a new version came into force, whoever made it. */
  readonly onChange?: (state: ConfigState, source: ConfigSource) => void;
  /** When the file's problem appears, changes or is gone. */
  readonly onProblem?: (problem: Problem | null) => void;
  readonly watchTimes?: WatchTimes;
}

export interface ConfigStore {
  current(): ConfigState;
  /** What is wrong with the file as it stands, while an older document runs. */
  problem(): Problem | null;
  /**
   * Brings a new document into force: check, activate, write, record, swap. One at a time.
   * @throws CallError `conflict`, `invalid` (with the field) or `failed`; or what `activate` threw
   */
  apply(
    document: ConfigDocument,
    baseVersion: number | undefined,
    activate: Activate,
    source?: ConfigSource,
  ): Promise<ConfigState>;
  /** Builds what runs anew, by the config that is in force: what it stands on beside the document has changed. */
  reactivate(activate: Activate): Promise<void>;
  /** From now on a changed file is applied like a call. */
  followFile(activate: Activate): void;
  /** Ends the watching and waits for what is under way. */
  close(): Promise<void>;
}

/**
 * Reads the document, or writes the first one where there is none, and agrees on its version with the history.
 * @throws ConfigFileError when the document cannot be used: the caller has nothing to run
 */
export async function openConfigStore(options: ConfigStoreOptions): Promise<ConfigStore> {
  const { file } = options;
  const found = await readConfigFile(file);
  if (found.state === 'missing' && options.mustExist) throw new ConfigFileError(file, [{ path: '', message: namedButMissing }]);
  const reading = found.state === 'missing' ? await writeFirstDocument(file) : found;
  if (reading.state === 'refused') throw new ConfigFileError(file, reading.problems);
  const { document, text } = reading;
  const built = buildEffectiveConfig(document, options.overrides, options.findProblems);
  if (!built.ok) throw new ConfigFileError(file, built.problems);
  const version = await agreeOnVersion(document, found.state === 'missing' ? 'first-start' : 'file', options);
  return new LivingConfig(
    options,
    { version, document, effective: built.config, overrides: options.overrides },
    contentOfText(text),
  );
}

const namedButMissing =
  'is not there; mend the name after --config or in GATEHOUSE_CONFIG, or make the file with { "version": 1 }';

async function writeFirstDocument(file: string): Promise<Extract<ConfigReading, { state: 'read' }>> {
  const text = formatDocument(firstDocument);
  try {
    await writeConfigFile(file, text);
  } catch (error) {
    throw new ConfigFileError(file, [{ path: '', message: 'is not there and cannot be made' }], error);
  }
  return { state: 'read', text, document: firstDocument };
}

/** A document that was edited while nothing ran is a version of its own. */
async function agreeOnVersion(document: ConfigDocument, source: ConfigSource, options: ConfigStoreOptions): Promise<number> {
  const latest = await options.latestVersion();
  const documentJson = JSON.stringify(document);
  if (latest && isDeepStrictEqual(JSON.parse(latest.documentJson), JSON.parse(documentJson))) return latest.version;
  const version = (latest?.version ?? 0) + 1;
  await options.saveVersion({ version, documentJson, savedAtMs: options.now(), source });
  return version;
}
