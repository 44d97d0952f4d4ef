/** The local engine's true state in words, the same on Home, under Models and in Settings. Pure. */
import type { EngineState } from '../../../gateway/contract/local-engine/engine.ts';
import type { EngineAct } from '../../stores/local-engine.ts';
import { formatBytes } from '../formats.ts';
import type { Tone } from '../state-badge.tsx';

export interface EngineWords {
  readonly tone: Tone;
  readonly word: string;
  /** One sentence more. */
  readonly detail: string;
}

/** `Ollama 0.34.4`, or the name alone. */
export function engineName(version: string | null): string {
  return version === null ? 'Ollama' : `Ollama ${version}`;
}

const steps = {
  fetching: 'It comes from Ollama’s release page.',
  verifying: 'It has come; its checksum is compared with the one that Gatehouse knows.',
  unpacking: 'Its checksum is right; it is unpacked.',
} as const;

function offerWords({ offer, offerProblem }: EngineState): string {
  if (offer) {
    const { downloadBytes, neededBytes } = offer;
    return `None was found here. Gatehouse can fetch one: ${formatBytes(downloadBytes)} to download, ${formatBytes(neededBytes)} on the disk.`;
  }
  return `None was found here. ${offerProblem ?? 'There is none to download for this machine.'} Install Ollama from ollama.com, then look again.`;
}

function runningWords({ version, origin, baseUrl }: EngineState): EngineWords {
  const at = baseUrl === null ? '' : ` at ${baseUrl.replace(/^https?:\/\//, '')}`;
  return origin === 'adopted'
    ? {
        tone: 'good',
        word: 'Running, not Gatehouse’s own',
        detail: `${engineName(version)}${at} was started by somebody else: it is used, and never stopped or restarted.`,
      }
    : { tone: 'good', word: 'Running', detail: `${engineName(version)}${at}, started and watched over by Gatehouse.` };
}

function restartWords({ restartAtMs, recentExits }: EngineState, nowMs: number): string {
  const seconds = restartAtMs === null ? 0 : Math.max(0, Math.ceil((restartAtMs - nowMs) / 1_000));
  const when = seconds === 0 ? 'It is started again now.' : `It is started again in ${seconds} s.`;
  return recentExits > 1 ? `${when} It ended ${recentExits} times within five minutes.` : when;
}

/** @param nowMs milliseconds since 1970, for what is to come */
export function engineWords(engine: EngineState, nowMs: number): EngineWords {
  const { phase, reason, download, binary } = engine;
  const told = (otherwise: string) => (reason === null ? otherwise : reason);
  switch (phase) {
    case 'off':
      return { tone: 'idle', word: 'Switched off', detail: told('No engine is looked for and none is started.') };
    case 'looking':
      return { tone: 'live', word: 'Looking for Ollama', detail: 'On this machine, running or installed.' };
    case 'none-found':
      return download?.state === 'failed'
        ? { tone: 'bad', word: 'Download failed', detail: download.reason ?? 'It broke off.' }
        : { tone: 'idle', word: 'No engine yet', detail: offerWords(engine) };
    case 'found-adopted':
    case 'running':
      return runningWords(engine);
    case 'installed-not-running':
      return { tone: 'idle', word: 'Installed, not running', detail: told(`${engineName(binary?.version ?? null)} is there.`) };
    case 'downloading':
      return {
        tone: 'live',
        word: `Downloading ${engineName(download?.version ?? null)}`,
        detail: steps[download?.step ?? 'fetching'],
      };
    case 'starting':
      return { tone: 'live', word: 'Starting', detail: told('Waiting until it answers.') };
    case 'stopping':
      return { tone: 'live', word: 'Stopping', detail: told('With everything that it started.') };
    case 'stopped':
      return { tone: 'idle', word: 'Stopped', detail: told('Local models answer when it is started.') };
    case 'crashed-waiting':
      return { tone: 'warn', word: 'Ended by itself', detail: `${restartWords(engine, nowMs)} ${told('')}`.trim() };
    case 'gave-up':
      return { tone: 'bad', word: 'Gave up', detail: told('It ended by itself five times within five minutes.') };
  }
}

/** The one click that mends or leads on. */
export interface EngineFix {
  readonly label: string;
  readonly act: EngineAct | 'switch-on';
}

/** @returns null where there is nothing to do, or nothing but to wait */
export function engineFix({ phase, offer, download }: EngineState): EngineFix | null {
  switch (phase) {
    case 'off':
      return { label: 'Switch on', act: 'switch-on' };
    case 'none-found':
      if (download?.state === 'failed') return { label: 'Try again', act: 'engine.download' };
      return offer ? { label: `Download ${engineName(offer.version)}`, act: 'engine.download' } : lookAgain;
    case 'installed-not-running':
    case 'stopped':
      return { label: 'Start', act: 'engine.start' };
    case 'crashed-waiting':
      return { label: 'Start now', act: 'engine.start' };
    case 'gave-up':
      return { label: 'Start again', act: 'engine.start' };
    case 'looking':
    case 'found-adopted':
    case 'downloading':
    case 'starting':
    case 'running':
    case 'stopping':
      return null;
  }
}

export const lookAgain: EngineFix = { label: 'Look again', act: 'engine.look' };

/** What else may be done in each state, beside the one that leads on. */
export function furtherActs({ phase, origin, download, offer }: EngineState): readonly EngineFix[] {
  if (phase === 'downloading' || download !== null) {
    const word = download?.state === 'failed' ? 'Throw away what came' : 'Cancel';
    return [{ label: word, act: 'engine.cancel-download' }];
  }
  if (phase === 'none-found') return offer ? [lookAgain] : [];
  if (origin === 'adopted' || phase === 'off' || phase === 'looking') return [];
  if (phase === 'running') {
    return [
      { label: 'Restart', act: 'engine.restart' },
      { label: 'Stop', act: 'engine.stop' },
    ];
  }
  return phase === 'crashed-waiting' || phase === 'starting' ? [{ label: 'Stop', act: 'engine.stop' }] : [lookAgain];
}

/** What an own engine would be started with otherwise than it was: another release, other settings. Null for nothing. */
export function restartReason({ phase, origin, version, binary, restartNeeded }: EngineState): string | null {
  if (phase !== 'running' || origin !== 'own') return null;
  const next = binary?.version ?? null;
  if (next !== null && version !== null && next !== version) return `Ollama ${next} is here; a restart takes it over.`;
  return restartNeeded ? 'It runs on settings that were changed since; a restart takes them over.' : null;
}

/** Does it answer, so that models can be listed, loaded and asked? */
export function isAnswering(engine: EngineState | null): boolean {
  return engine?.phase === 'running' || engine?.phase === 'found-adopted';
}

/** Can a model be pulled, now or as soon as the engine runs? */
export function mayPull(engine: EngineState | null): boolean {
  return engine !== null && engine.phase !== 'off' && engine.phase !== 'looking' && engine.phase !== 'none-found';
}
