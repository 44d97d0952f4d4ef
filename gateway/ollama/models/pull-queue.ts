/** Models on their way: one is fetched at a time, the others wait, and all of it outlives both Gatehouse and the engine. */
import { z } from 'zod';
import { CallError } from '../../contract/call-error.ts';
import { type Pull, pullSchema } from '../../contract/local-engine/models.ts';
import { type Following, type OllamaApi, OllamaError } from '../ask-ollama.ts';
import { readJsonFile, writeJsonFile } from '../json-file.ts';
import { ProgressPace } from '../progress.ts';
import { PullProgress } from './pull-progress.ts';
import { pullFailureWords } from './pull-words.ts';

export interface PullQueueParts {
  /** Where the queue is kept. */
  readonly file: string;
  /** The engine that runs; null while none does. */
  api(): OllamaApi | null;
  /** Milliseconds since 1970. */
  now(): number;
  /** Of any steady clock, in milliseconds. */
  monotonic(): number;
  /** Some of it has changed. */
  onChange(): void;
  /** A model is there. */
  onDone(model: string): void;
  reportFailure(error: unknown): void;
  /** Milliseconds before a lost connection is made again. */
  readonly retryMs?: number;
}

interface Running {
  readonly model: string;
  readonly following: Following;
}

/** What has ended is shown so long as there are not more of it. */
const mostEnded = 20;
const mostQueued = 100;
const usualRetryMs = 1_000;
const mostLosses = 3;
const waitingWords = 'It goes on when the local engine runs.';

/** `qwen3` and `qwen3:latest` are one. */
export function fullName(model: string): string {
  return model.slice(model.lastIndexOf('/') + 1).includes(':') ? model : `${model}:latest`;
}

export class PullQueue {
  readonly #parts: PullQueueParts;
  #pulls: Pull[] = [];
  #running: Running | null = null;
  #writing: Promise<void> = Promise.resolve();
  /** Has something changed that is not in the file? */
  #isBehind = false;
  #isClosed = false;
  #retry: NodeJS.Timeout | null = null;
  /** Connections lost in a row, without anything having come between. */
  readonly #losses = new Map<string, number>();

  constructor(parts: PullQueueParts) {
    this.#parts = parts;
  }

  list(): Pull[] {
    return [...this.#pulls];
  }

  /** Takes up what an earlier run had left. */
  async open(): Promise<void> {
    const read = z.array(pullSchema).safeParse(await readJsonFile(this.#parts.file));
    if (read.success) this.#pulls = read.data.filter(({ state }) => state !== 'done').map(asQueued);
    this.#advance();
  }

  /** The engine has started, ended or moved. */
  engineChanged(): void {
    this.#advance();
  }

  /** Puts a model at the end; one that is on its way already stays where it is. @throws CallError when too many wait */
  add(model: string): void {
    const name = fullName(model);
    const there = this.#find(name);
    if (there && there.state !== 'done' && there.state !== 'failed') return;
    if (this.#pulls.length >= mostQueued + mostEnded)
      throw new CallError('unavailable', 'Too many models wait to be fetched; let some of them come first.');
    const rest = this.#pulls.filter((one) => one !== there);
    this.#set([...rest, { ...newPull(name, this.#parts.now()), bytesDone: there?.state === 'failed' ? there.bytesDone : 0 }]);
    this.#advance();
  }

  /** @throws CallError for one that is not on its way */
  pause(model: string): void {
    const pull = this.#mustFind(model);
    if (pull.state === 'paused' || pull.state === 'done') return;
    this.#change(pull.model, { state: 'paused', reason: null, ...noPace });
    this.#endRunning(pull.model);
    this.#advance();
  }

  /** @throws CallError for one that is not on its way */
  resume(model: string): void {
    const pull = this.#mustFind(model);
    if (pull.state !== 'paused' && pull.state !== 'failed') return;
    this.#change(pull.model, { state: 'queued', reason: null, endedAtMs: null });
    this.#advance();
  }

  /** @throws CallError for one that is not there */
  cancel(model: string): void {
    const { model: name } = this.#mustFind(model);
    this.#set(this.#pulls.filter((one) => one.model !== name));
    this.#endRunning(name);
    this.#advance();
  }

  /** Ends what runs and keeps it for the next time. */
  async close(): Promise<void> {
    if (this.#isClosed) return this.#writing;
    this.#isClosed = true;
    if (this.#retry) clearTimeout(this.#retry);
    if (this.#running) this.#endRunning(this.#running.model);
    // A queue that was never read must not be written over by an empty one.
    if (this.#isBehind) this.#write();
    await this.#writing;
  }

  #find(name: string): Pull | undefined {
    return this.#pulls.find((one) => one.model === name);
  }

  #mustFind(model: string): Pull {
    const found = this.#find(fullName(model));
    if (!found) throw new CallError('not-found', `The model "${model}" is not on its way.`, 'model');
    return found;
  }

  /** Begins the next one where none runs, and says why where none can. */
  #advance(): void {
    if (this.#isClosed || this.#running) return;
    const api = this.#parts.api();
    for (const { model, state } of this.#pulls) {
      if (state === 'queued' && api === null) this.#change(model, { state: 'waiting-for-engine', reason: waitingWords });
      if (state === 'waiting-for-engine' && api !== null) this.#change(model, { state: 'queued', reason: null });
    }
    const next = this.#pulls.find(({ state }) => state === 'queued');
    if (next && api) this.#run(next, api);
  }

  #run(pull: Pull, api: OllamaApi): void {
    const { model } = pull;
    const progress = new PullProgress(pull.bytesDone);
    const pace = new ProgressPace();
    this.#change(model, { state: 'running', step: 'manifest', reason: null, ...noPace });
    const following = api.follow('/api/pull', { model, stream: true }, (line) => {
      if (this.#running !== running || !progress.take(line)) return;
      const { step, bytesDone, bytesTotal } = progress;
      if (bytesDone > pull.bytesDone) this.#losses.delete(model);
      if (step === 'layers') pace.note(this.#parts.monotonic(), bytesDone);
      this.#change(model, { step, bytesDone, bytesTotal, ...(step === 'layers' ? pace.pace(bytesTotal) : noPace) }, false);
    });
    const running = { model, following };
    this.#running = running;
    void following.ended.then(
      () => this.#end(running, progress.isDone ? null : 'the connection to it ended too early'),
      (error: unknown) => this.#end(running, error instanceof Error ? error.message : String(error), error),
    );
  }

  /** @param problem null where the model is there */
  #end(running: Running, problem: string | null, error?: unknown): void {
    if (this.#running !== running) return;
    this.#running = null;
    const { model } = running;
    if (problem === null) {
      const { bytesTotal, bytesDone } = this.#find(model) ?? { bytesTotal: null, bytesDone: 0 };
      this.#change(model, {
        state: 'done',
        step: 'finishing',
        bytesDone: bytesTotal ?? bytesDone,
        endedAtMs: this.#parts.now(),
        ...noPace,
      });
      this.#forgetOldest();
      this.#parts.onDone(model);
      this.#losses.delete(model);
    } else if (isLoss(error) && this.#countLoss(model) <= mostLosses) {
      // The connection is gone, not the pull: mostly the engine has ended, which is seen in a moment.
      this.#change(model, { state: 'waiting-for-engine', reason: waitingWords, ...noPace });
      this.#retry = setTimeout(() => this.#advance(), this.#parts.retryMs ?? usualRetryMs).unref();
      return;
    } else {
      this.#losses.delete(model);
      this.#change(model, { state: 'failed', reason: pullFailureWords(model, problem), endedAtMs: this.#parts.now(), ...noPace });
    }
    this.#advance();
  }

  #countLoss(model: string): number {
    const losses = (this.#losses.get(model) ?? 0) + 1;
    this.#losses.set(model, losses);
    return losses;
  }

  #endRunning(model: string): void {
    const running = this.#running;
    if (running?.model !== model) return;
    this.#running = null;
    running.following.stop();
  }

  #forgetOldest(): void {
    const ended = this.#pulls.filter(({ state }) => state === 'done');
    const dropped = new Set(ended.slice(0, Math.max(0, ended.length - mostEnded)));
    if (dropped.size > 0) this.#set(this.#pulls.filter((one) => !dropped.has(one)));
  }

  /** @param isKept false for what the next line tells anew */
  #change(model: string, changes: Partial<Pull>, isKept = true): void {
    this.#set(
      this.#pulls.map((one) => (one.model === model ? { ...one, ...changes } : one)),
      isKept,
    );
  }

  #set(pulls: Pull[], isKept = true): void {
    this.#pulls = pulls;
    if (isKept) this.#write();
    else this.#isBehind = true;
    this.#parts.onChange();
  }

  #write(): void {
    this.#isBehind = false;
    const pulls = this.#pulls;
    this.#writing = this.#writing.then(() => writeJsonFile(this.#parts.file, pulls)).catch(this.#parts.reportFailure);
  }
}

const noPace = { bytesPerSecond: null, secondsLeft: null } as const;

function newPull(model: string, nowMs: number): Pull {
  const nothing = { bytesDone: 0, bytesTotal: null, reason: null, endedAtMs: null, ...noPace };
  return { model, state: 'queued', step: 'manifest', queuedAtMs: nowMs, ...nothing };
}

/** What ran when the last run ended waits again; what a person paused stays so. */
function asQueued(pull: Pull): Pull {
  const isActive = pull.state === 'running' || pull.state === 'waiting-for-engine';
  return { ...pull, ...noPace, ...(isActive ? { state: 'queued', reason: null } : {}) };
}

/** Was the connection lost without a word of Ollama's? */
const isLoss = (error: unknown): boolean => error === undefined || (error instanceof OllamaError && error.status === null);
