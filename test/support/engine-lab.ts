/** A local engine over the stand-in, with times so short that what takes minutes takes none. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { EnginePhase, EngineState } from '../../gateway/contract/local-engine/engine.ts';
import { type LocalEngineSettings, localEngineSchema } from '../../gateway/contract/local-engine/settings.ts';
import { LocalEngine, type LocalEngineParts } from '../../gateway/ollama/local-engine.ts';
import type { EngineTimes } from '../../gateway/ollama/process/own-engine.ts';
import { findPortOwner } from '../../gateway/server/port-owner.ts';
import { openNetwork } from '../../gateway/upstream/network.ts';
import type { Behaviour } from './stand-in-ollama/behaviour.ts';
import { installStandIn, type StandIn } from './stand-in-ollama/install.ts';

export const shortTimes: EngineTimes = {
  readyMs: 5_000,
  graceMs: 1_000,
  healthEveryMs: 60,
  healthTimeoutMs: 150,
  restart: { firstMs: 20, longestMs: 1_200, exits: 5, windowMs: 300_000 },
};

export interface EngineLab extends AsyncDisposable {
  /** Of the lab; the engine's own is `engine` in it, its models' `models`. */
  readonly folder: string;
  readonly standIn: StandIn;
  readonly engine: LocalEngine;
  readonly warnings: string[];
  /** Every phase it told of, without repetitions. */
  readonly phases: EnginePhase[];
  settings: LocalEngineSettings;
  /** Resolves when it is so. @throws Error with its state after ten seconds */
  until(is: (state: EngineState) => boolean): Promise<EngineState>;
  /** Another engine over the same folder, as after a restart of Gatehouse. */
  reopen(changes?: Partial<LocalEngineParts>): LocalEngine;
}

/** @param changes of the engine's parts; its environment has the stand-in on the PATH and nothing on any port */
export function engineLab(behaviour: Partial<Behaviour> = {}, changes: Partial<LocalEngineParts> = {}): EngineLab {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-engine-'));
  const standIn = installStandIn(join(folder, 'bin'), behaviour);
  const network = openNetwork();
  const warnings: string[] = [];
  const phases: EnginePhase[] = [];
  let settings = localEngineSchema.parse({ modelsFolder: join(folder, 'models') });
  const opened: LocalEngine[] = [];
  const open = (more: Partial<LocalEngineParts> = {}): LocalEngine => {
    const engine: LocalEngine = new LocalEngine({
      folder: join(folder, 'engine'),
      send: network.send,
      place: {
        platform: process.platform,
        // Port 1 is nobody's.
        environment: { PATH: `${standIn.folder}:/usr/bin:/bin`, OLLAMA_HOST: '127.0.0.1:1', SECRET_API_KEY: 'never' },
        homeFolder: folder,
      },
      release: null,
      times: shortTimes,
      settings: () => settings,
      portOwner: findPortOwner,
      providerIdAt: () => 'ollama',
      now: Date.now,
      log: (_level, message) => void warnings.push(message),
      onChange: () => {
        const { phase } = engine.state();
        if (phases.at(-1) !== phase) phases.push(phase);
      },
      ...changes,
      ...more,
    });
    opened.push(engine);
    return engine;
  };
  const engine = open();
  return {
    folder,
    standIn,
    engine,
    warnings,
    phases,
    get settings() {
      return settings;
    },
    set settings(next) {
      settings = next;
    },
    reopen: open,
    async until(is) {
      for (let looks = 0; looks < 1_000; looks += 1) {
        const state = opened.at(-1)?.state() ?? engine.state();
        if (is(state)) return state;
        await delay(10);
      }
      throw new Error(`It did not become so: ${JSON.stringify(opened.at(-1)?.state(), null, 1)}`);
    },
    async [Symbol.asyncDispose]() {
      standIn.tell({ hangs: false, ignoresTerm: false });
      for (const one of opened) await one.close();
      await network.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Is there such a process? */
export function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
}

/** Resolves when the process is gone. @throws Error after ten seconds */
export async function untilGone(processId: number): Promise<void> {
  for (let looks = 0; isAlive(processId); looks += 1) {
    if (looks > 1_000) throw new Error(`The process ${processId} is still there.`);
    await delay(10);
  }
}
