/** The one order in which a new config comes into force, and what happens when a step of it fails. */
import { copyFile, unlink } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { CallError } from '../contract/calls.ts';
import type { Problem } from '../contract/status.ts';
import {
  type ConfigDocument,
  type ConfigReading,
  describeProblems,
  formatDocument,
  readConfigFile,
  writeConfigFile,
} from './config-file.ts';
import type { Activate, ConfigSource, ConfigState, ConfigStore, ConfigStoreOptions } from './config-store.ts';
import { buildEffectiveConfig } from './overrides.ts';
import { watchFile } from './watch-file.ts';

export class LivingConfig implements ConfigStore {
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

  apply(
    document: ConfigDocument,
    baseVersion: number | undefined,
    activate: Activate,
    source: ConfigSource = 'call',
  ): Promise<ConfigState> {
    return this.#inTurn(async () => {
      // An edit that was not noticed yet becomes a version of its own, instead of being overwritten unseen.
      await this.#absorbFile(activate, false);
      this.#refuseOtherBase(baseVersion);
      const text = formatDocument(document);
      await this.#advance(JSON.parse(text), source, activate, text);
      this.#setProblem(null);
      return this.#state;
    });
  }

  reactivate(activate: Activate): Promise<void> {
    return this.#inTurn(() => activate(this.#state.effective, this.#state.version));
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

  #refuseOtherBase(baseVersion: number | undefined): void {
    const { version } = this.#state;
    if (baseVersion === undefined || baseVersion === version) return;
    const words = `The config is now version ${version}, not ${baseVersion}; read it again and repeat the change.`;
    throw new CallError('conflict', words);
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
    const { overrides, findProblems, onChange } = this.#options;
    const built = buildEffectiveConfig(document, overrides, findProblems);
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

export function contentOfText(text: string): string {
  return `text ${text}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
