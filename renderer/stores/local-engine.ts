/** What the gateway said of the local engine: its state, the models on their way, and those that are there. */
import { create } from 'zustand';
import type { CallName } from '../../gateway/contract/calls.ts';
import type { EngineState } from '../../gateway/contract/local-engine/engine.ts';
import type { LocalModel, Pull } from '../../gateway/contract/local-engine/models.ts';
import { control } from '../control.ts';
import { applyEdit } from './apply-edit.ts';
import { isObject, setAt } from './json-value.ts';
import { messageOf } from './message-of.ts';

interface LocalEngineStore {
  /** Each is null until it was read. */
  readonly engine: EngineState | null;
  /** In the order in which they run. */
  readonly pulls: readonly Pull[] | null;
  /** Null also while no engine runs, which alone knows them. */
  readonly models: readonly LocalModel[] | null;
  /** Was there one since this page was opened? Known also while no engine runs. */
  readonly hadModels: boolean;
  /** Why each could not be read anew, as long as it could not. */
  readonly errors: { readonly engine: string | null; readonly pulls: string | null; readonly models: string | null };
  /** Grows when models have come, gone or been loaded: whoever shows something made from them reads it anew. */
  readonly edition: number;
}

export const useLocalEngine = create<LocalEngineStore>(() => ({
  engine: null,
  pulls: null,
  models: null,
  hadModels: false,
  errors: { engine: null, pulls: null, models: null },
  edition: 0,
}));

type Part = keyof LocalEngineStore['errors'];

let moment = 0;
/** When each was last told: by an event, or by the answer to a question of that moment. */
const toldAt: Record<Part, number> = { engine: 0, pulls: 0, models: 0 };

function take(part: Part, at: number, told: Partial<LocalEngineStore>): boolean {
  if (at < toldAt[part]) return false;
  toldAt[part] = at;
  useLocalEngine.setState(({ errors }) => ({ ...told, errors: { ...errors, [part]: null } }));
  return true;
}

const now = (): number => {
  moment += 1;
  return moment;
};

/** Keeps what is shown and says why it could not be read anew. What an event told meanwhile is newer than the answer. */
async function reading(part: Part, ask: () => Promise<Partial<LocalEngineStore>>): Promise<void> {
  const asked = now();
  try {
    take(part, asked, await ask());
  } catch (error) {
    if (asked >= toldAt[part]) useLocalEngine.setState(({ errors }) => ({ errors: { ...errors, [part]: messageOf(error) } }));
  }
}

export const readEngine = (): Promise<void> =>
  reading('engine', async () => ({ engine: await control.call('engine.state', {}) }));
export const readPulls = (): Promise<void> =>
  reading('pulls', async () => ({ pulls: (await control.call('local-models.pulls', {})).items }));
export const readLocalModels = (): Promise<void> =>
  reading('models', async () => {
    const { items } = await control.call('local-models.list', {});
    return items.length > 0 ? { models: items, hadModels: true } : { models: items };
  });

export async function readLocalEngine(): Promise<void> {
  await Promise.all([readEngine(), readPulls()]);
  nextEdition();
}

function nextEdition(): void {
  useLocalEngine.setState(({ edition }) => ({ edition: edition + 1 }));
}

export function engineChanged(engine: EngineState): void {
  take('engine', now(), { engine });
}

export function pullsChanged(pulls: readonly Pull[]): void {
  take('pulls', now(), { pulls });
}

/** Loading one model tells of another that made room: both at once. */
const gatherMs = 60;
let timer: ReturnType<typeof setTimeout> | undefined;

/** The gateway said that models have come, gone, or been loaded or unloaded. */
export function localModelsChanged(): void {
  timer ??= setTimeout(() => {
    timer = undefined;
    nextEdition();
  }, gatherMs);
}

/** The models are those of the engine that runs: with another one, or none, they are read anew. */
useLocalEngine.subscribe(({ engine, edition }, before) => {
  if (edition === before.edition && engine?.baseUrl === before.engine?.baseUrl) return;
  if (engine?.baseUrl) void readLocalModels();
  else take('models', now(), { models: null });
});

/** Often enough to look live, rare enough for many requests a second. */
const requestGatherMs = 1_000;
let requestTimer: ReturnType<typeof setTimeout> | undefined;

/** A request ended: one to the engine may have loaded its model, and in any case keeps it loaded for longer. */
export function localRequestEnded(provider: string | null): void {
  const { engine } = useLocalEngine.getState();
  if (provider === null || provider !== engine?.providerId) return;
  requestTimer ??= setTimeout(() => {
    requestTimer = undefined;
    if (useLocalEngine.getState().engine?.baseUrl) void readLocalModels();
  }, requestGatherMs);
}

/** The engine unloads in its own time; one that is late is looked at again after so long. */
const unloadMs = 1_000;
const lateMs = 5_000;
let expiryTimer: ReturnType<typeof setTimeout> | undefined;

/** What is unloaded by itself tells nobody: the models are read anew when the first one's time has come. */
useLocalEngine.subscribe(({ models }, before) => {
  if (models === before.models) return;
  clearTimeout(expiryTimer);
  const moments = models?.flatMap(({ loaded }) => loaded?.expiresAtMs ?? []) ?? [];
  if (moments.length === 0) return;
  const waitMs = Math.min(...moments) - Date.now();
  // A timer's longest time; what stays loaded for weeks is not waited for.
  if (waitMs < 2 ** 31) expiryTimer = setTimeout(() => void readLocalModels(), waitMs < 0 ? lateMs : waitMs + unloadMs);
});

/** What a person may have the engine do. */
export type EngineAct = Extract<
  CallName,
  | 'engine.look'
  | 'engine.download'
  | 'engine.cancel-download'
  | 'engine.start'
  | 'engine.stop'
  | 'engine.restart'
  | 'engine.return-to-previous'
>;

/** @throws CallError: why it could not be done, in a sentence */
export async function actOnEngine(act: EngineAct): Promise<void> {
  const asked = now();
  try {
    if (!take('engine', asked, { engine: await control.call(act, {}) })) await readEngine();
  } catch (error) {
    await readEngine();
    throw error;
  }
}

/** Changes settings of the engine in the config; undefined leaves one out, so that the usual holds. @throws CallError */
export async function changeEngineSettings(changes: Readonly<Record<string, unknown>>): Promise<void> {
  await applyEdit((document) => {
    let next: unknown = document;
    for (const [name, value] of Object.entries(changes)) next = setAt(next, ['localEngine', name], value);
    return isObject(next) ? next : document;
  });
}

export type PullAct = Extract<
  CallName,
  'local-models.pull' | 'local-models.pause' | 'local-models.resume' | 'local-models.cancel'
>;

/** @throws CallError: such as a name that is none, or an engine that is not there */
export async function actOnPull(act: PullAct, model: string): Promise<void> {
  const asked = now();
  if (!take('pulls', asked, { pulls: (await control.call(act, { model })).items })) await readPulls();
}
