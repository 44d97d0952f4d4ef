/** The download of a release, as a person follows it. */
import { CallError } from '../../contract/call-error.ts';
import type { EngineDownload, EngineOffer } from '../../contract/local-engine/engine.ts';
import type { Send } from '../../upstream/transport.ts';
import { ProgressPace } from '../progress.ts';
import { DownloadError } from './download.ts';
import { noReleaseWords, pinnedRelease, type ReleaseFile } from './pinned-release.ts';
import type { ReleaseStore } from './release-store.ts';

export interface EngineDownloadParts {
  readonly send: Send;
  readonly store: ReleaseStore;
  /** What is fetched here; null for a machine without a release. */
  readonly release: ReleaseFile | null;
  readonly platform: string;
  readonly arch: string;
  freeBytes?(folder: string): Promise<number>;
  /** Something of its state has changed. */
  onChange(): void;
  /** The release is there. */
  onDone(version: string): void;
  reportFailure(error: unknown): void;
}

/** Progress is told so often, in milliseconds. */
const tellMs = 250;

export class ReleaseDownload {
  readonly #parts: EngineDownloadParts;
  #state: EngineDownload | null = null;
  #pace = new ProgressPace();
  #abort: AbortController | null = null;
  #running: Promise<void> = Promise.resolve();
  #toldAt = 0;

  constructor(parts: EngineDownloadParts) {
    this.#parts = parts;
  }

  state(): EngineDownload | null {
    return this.#state;
  }

  offer(): { readonly offer: EngineOffer | null; readonly offerProblem: string | null } {
    const { release, platform, arch } = this.#parts;
    if (release === null) return { offer: null, offerProblem: noReleaseWords(platform, arch) };
    const { version, url, sha256, bytes, unpackedBytes } = release;
    const offer = { version, url, sha256, downloadBytes: bytes, neededBytes: bytes + unpackedBytes };
    return { offer, offerProblem: null };
  }

  /** Begins, or goes on where it stopped. @throws CallError where there is nothing to fetch */
  start(): void {
    const { release, platform, arch } = this.#parts;
    if (release === null) throw new CallError('not-found', noReleaseWords(platform, arch));
    if (this.#state?.state === 'running') return;
    const { version, bytes } = release;
    this.#pace = new ProgressPace();
    const abort = new AbortController();
    this.#abort = abort;
    const nothing = { bytesPerSecond: null, secondsLeft: null, reason: null };
    this.#state = { version, state: 'running', step: 'fetching', bytesDone: 0, bytesTotal: bytes, ...nothing };
    // What a cancel throws away is gone before anything comes anew.
    this.#running = this.#running.then(() => this.#fetch(release, abort.signal));
    this.#parts.onChange();
  }

  /** Ends it and throws away what has come. */
  async cancel(): Promise<void> {
    await this.pause();
    // It was begun anew while this was waited for.
    if (this.#state?.state === 'running') return;
    this.#state = null;
    const { release, store, reportFailure } = this.#parts;
    if (release !== null) this.#running = store.forget(release).catch(reportFailure);
    await this.#running;
    this.#parts.onChange();
  }

  /** Ends it and keeps what has come. */
  async pause(): Promise<void> {
    this.#abort?.abort(new Error('ended'));
    await this.#running;
  }

  async #fetch(release: ReleaseFile, signal: AbortSignal): Promise<void> {
    const { store, send, freeBytes, onDone } = this.#parts;
    try {
      await store.fetch(release, {
        send,
        signal,
        ...(freeBytes ? { freeBytes } : {}),
        onProgress: (bytesDone) => this.#progress(bytesDone),
        onVerifying: () => this.#change({ step: 'verifying', bytesDone: release.bytes, bytesPerSecond: null, secondsLeft: null }),
        onUnpacking: () => this.#change({ step: 'unpacking' }),
      });
      this.#state = null;
      onDone(release.version);
    } catch (error) {
      if (signal.aborted) this.#state = null;
      else this.#fail(error);
    }
    this.#parts.onChange();
  }

  #fail(error: unknown): void {
    if (!(error instanceof DownloadError)) this.#parts.reportFailure(error);
    const reason = error instanceof DownloadError ? error.message : `It could not be fetched: ${String(error)}.`;
    this.#change({ state: 'failed', reason, bytesPerSecond: null, secondsLeft: null });
  }

  #progress(bytesDone: number): void {
    const now = performance.now();
    this.#pace.note(now, bytesDone);
    if (this.#state) this.#state = { ...this.#state, bytesDone, ...this.#pace.pace(this.#state.bytesTotal) };
    if (now - this.#toldAt < tellMs) return;
    this.#toldAt = now;
    this.#parts.onChange();
  }

  #change(changes: Partial<EngineDownload>): void {
    if (this.#state) this.#state = { ...this.#state, ...changes };
    this.#parts.onChange();
  }
}

/** What this kind of machine may fetch. */
export const releaseHere = (): ReleaseFile | null => pinnedRelease(process.platform, process.arch);
