/** The living config: one document, its file, its versions, and the one order in which a new one comes into force. */
import { copyFile, unlink } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { CallError } from '../contract/calls.ts';
import type { GatewayConfig } from '../contract/config.ts';
import type { Problem } from '../contract/status.ts';
import {
  type ConfigDocument,
  ConfigFileError,
  type ConfigReading,
  describeProblems,
  firstDocument,
  formatDocument,
  readConfigFile,
  writeConfigFile,
} from './config-file.ts';
import { buildEffectiveConfig, type ConfigOverride } from './overrides.ts';
import { type WatchTimes, watchFile } from './watch-file.ts';

/** Who made a version: the first start, a person editing the file, or a call. */
export type ConfigSource = 'first-start' | 'file' | 'call';

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
  apply(document: ConfigDocument, baseVersion: number | undefined, activate: Activate): Promise<ConfigState>;
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
  const { file, overrides } = options;
  const found = await readConfigFile(file);
  if (found.state === 'missing' && options.mustExist) throw new ConfigFileError(file, [{ path: '', message: namedButMissing }]);
  const reading = found.state === 'missing' ? await writeFirstDocument(file) : found;
  if (reading.state === 'refused') throw new ConfigFileError(file, reading.problems);
  const { document, text } = reading;
  const built = buildEffectiveConfig(document, overrides);
  if (!built.ok) throw new ConfigFileError(file, built.problems);
  const version = await agreeOnVersion(document, found.state === 'missing' ? 'first-start' : 'file', options);
  return new LivingConfig(options, { version, document, effective: built.config, overrides }, contentOfText(text));
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

class LivingConfig implements ConfigStore {
  readonly #options: ConfigStoreOptions;
  #state: ConfigState;
  /** The file's content that was last dealt with, accepted or refused: anything else is news. */
  #content: string;
  #problem: Problem | null = null;
  #tail: Promise<unknown> = Promise.resolve();
  #watch: { readonly close: () => void } | null = null;
  #closed = false;

  constructor(options: ConfigStoreOptions, state: ConfigState, content: string) {
    this.#options = options;
    this.#state = state;
    this.#content = content;
  }

  current(): ConfigState {
    return this.#state;
  }

  problem(): Problem | null {
    return this.#problem;
  }

  apply(document: ConfigDocument, baseVersion: number | undefined, activate: Activate): Promise<ConfigState> {
    return this.#inTurn(() => this.#applyNow(document, baseVersion, activate));
  }

  followFile(activate: Activate): void {
    this.#watch?.close();
    const onSettled = (): Promise<void> =>
      this.#inTurn(() => this.#absorbFile(activate, this.#problem !== null)).catch(() => undefined);
    this.#watch = watchFile(this.#options.file, onSettled, this.#options.watchTimes);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#watch?.close();
    await this.#tail;
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new CallError('unavailable', 'Gatehouse is stopping; the config stays as it is.'));
    const turn = this.#tail.then(task);
    this.#tail = turn.catch(() => undefined);
    return turn;
  }

  async #applyNow(document: ConfigDocument, baseVersion: number | undefined, activate: Activate): Promise<ConfigState> {
    // An edit that was not noticed yet becomes a version of its own, instead of being overwritten unseen.
    await this.#absorbFile(activate, false);
    const { version } = this.#state;
    if (baseVersion !== undefined && baseVersion !== version) {
      throw new CallError(
        'conflict',
        `The config is now version ${version}, not ${baseVersion}; read it again and repeat the change.`,
      );
    }
    const text = formatDocument(document);
    await this.#advance(JSON.parse(text), 'call', activate, text);
    this.#setProblem(null);
    return this.#state;
  }

  /** Looks at the file and takes in what is new. `again` also takes in what was refused before. */
  async #absorbFile(activate: Activate, again: boolean): Promise<void> {
    const reading = await readConfigFile(this.#options.file);
    const content = contentOf(reading);
    if (content === this.#content && !again) return;
    this.#content = content;
    this.#setProblem(await this.#takeIn(reading, activate));
  }

  /** Puts a hand-edited document to work. Returns why it cannot be, in one sentence. */
  async #takeIn(reading: ConfigReading, activate: Activate): Promise<string | null> {
    if (reading.state === 'missing') return 'The file is gone.';
    if (reading.state === 'refused') return describeProblems(reading.problems);
    if (isDeepStrictEqual(reading.document, this.#state.document)) return null;
    try {
      await this.#advance(reading.document, 'file', activate, null);
      return null;
    } catch (error) {
      return messageOf(error);
    }
  }

  /** The one way forward: check, activate, write, record, swap. `text` is null when the file holds the document already. */
  async #advance(document: ConfigDocument, source: ConfigSource, activate: Activate, text: string | null): Promise<void> {
    const { overrides, onChange } = this.#options;
    const built = buildEffectiveConfig(document, overrides);
    if (!built.ok) throw new CallError('invalid', describeProblems(built.problems), built.problems[0]?.path);
    const version = this.#state.version + 1;
    await activate(built.config, version);
    try {
      await this.#keep(version, document, source, text);
    } catch (error) {
      await this.#goBack(activate, error);
    }
    if (text !== null) this.#content = contentOfText(text);
    this.#state = { version, document, effective: built.config, overrides };
    onChange?.(this.#state, source);
  }

  /** File and history get the version together: when the second fails, the first is put back. */
  async #keep(version: number, document: ConfigDocument, source: ConfigSource, text: string | null): Promise<void> {
    const putBack = text === null ? null : await this.#replaceFile(text);
    try {
      const { now, saveVersion } = this.#options;
      await saveVersion({ version, documentJson: JSON.stringify(document), savedAtMs: now(), source });
    } catch (error) {
      await putBack?.();
      throw error;
    }
  }

  /** Writes the file and returns how to put back what it held. An edit that is not in force is kept beside it. */
  async #replaceFile(text: string): Promise<() => Promise<void>> {
    const { file } = this.#options;
    const before = await readConfigFile(file);
    if (contentOf(before) !== this.#content) {
      throw new CallError(
        'conflict',
        'The config file was edited by hand at the same moment; read it again and repeat the change.',
      );
    }
    if (this.#isNotInForce(before)) await copyFile(file, `${file}.refused`);
    await writeConfigFile(file, text);
    return () => {
      if (before.state === 'missing') return unlink(file);
      return before.state === 'read' ? writeConfigFile(file, before.text) : copyFile(`${file}.refused`, file);
    };
  }

  /** Refused, or sound and not to be put to work. */
  #isNotInForce(reading: ConfigReading): boolean {
    if (reading.state === 'read') return !isDeepStrictEqual(reading.document, this.#state.document);
    return reading.state === 'refused';
  }

  /** Starts the config before this one again and throws what went wrong. */
  async #goBack(activate: Activate, error: unknown): Promise<never> {
    try {
      await activate(this.#state.effective, this.#state.version);
    } catch (second) {
      throw new CallError('failed', `${messageOf(error)} The config before it could not be started again: ${messageOf(second)}`);
    }
    if (error instanceof CallError) throw error;
    throw new CallError('failed', `${messageOf(error)} The config before it runs again.`);
  }

  #setProblem(message: string | null): void {
    const { file, onProblem } = this.#options;
    const before = this.#problem?.message;
    this.#problem = message === null ? null : describeFileProblem(file, message);
    if (this.#problem?.message !== before) onProblem?.(this.#problem);
  }
}

function describeFileProblem(file: string, message: string): Problem {
  return {
    id: 'config-file',
    message: `${file}: ${message} The config that was loaded still runs.`,
    fix: `Mend the file and save it; or save any setting in Gatehouse, which replaces it and keeps your edit as ${file}.refused.`,
  };
}

function contentOf(reading: ConfigReading): string {
  if (reading.state === 'missing') return 'missing';
  if (reading.state === 'refused' && reading.text === null) return `unreadable ${describeProblems(reading.problems)}`;
  return contentOfText(reading.text ?? '');
}

function contentOfText(text: string): string {
  return `text ${text}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
