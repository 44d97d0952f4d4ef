/** How the local engine (Ollama) stands, as `engine.state` and the `engine-changed` event tell it. */
import { z } from 'zod';

const bytes = z.number().int().nonnegative();
const moment = z.number().int().nonnegative();

/**
 * `off`: the config says so. `looking`: nothing is known yet. `none-found`: none runs and none is installed.
 * `found-adopted`: one that somebody else started runs, and is used. `installed-not-running`: it can be started.
 * `downloading`: none is there, and one is on its way. `crashed-waiting`: it ended by itself and is started again at
 * `restartAtMs`. `gave-up`: it ended by itself five times within five minutes. All from `starting` on are of an own engine.
 */
export const enginePhases = [
  'off',
  'looking',
  'none-found',
  'found-adopted',
  'installed-not-running',
  'downloading',
  'starting',
  'running',
  'stopping',
  'stopped',
  'crashed-waiting',
  'gave-up',
] as const;
export const enginePhaseSchema = z.enum(enginePhases);
export type EnginePhase = z.infer<typeof enginePhaseSchema>;

/** A download of the engine itself. */
export const engineDownloadSchema = z.object({
  version: z.string(),
  /** A failed one goes on where it stopped when it is asked for again, unless what came was not what was promised. */
  state: z.enum(['running', 'failed']),
  step: z.enum(['fetching', 'verifying', 'unpacking']),
  bytesDone: bytes,
  bytesTotal: bytes,
  /** Smoothed; null while nothing can be said. */
  bytesPerSecond: z.number().nonnegative().nullable(),
  secondsLeft: z.number().nonnegative().nullable(),
  /** Why it failed, in a sentence. */
  reason: z.string().nullable(),
});
export type EngineDownload = z.infer<typeof engineDownloadSchema>;

/** The release that may be downloaded for this kind of machine. Its checksum comes with Gatehouse. */
export const engineOfferSchema = z.object({
  version: z.string(),
  url: z.string(),
  sha256: z.string(),
  /** What is fetched; what has to be free on the disk, unpacked release and all, is `neededBytes`. */
  downloadBytes: bytes,
  neededBytes: bytes,
});
export type EngineOffer = z.infer<typeof engineOfferSchema>;

/** What of this machine decides how large a model may be. */
export const machineFactsSchema = z.object({
  memoryBytes: bytes,
  cpu: z.string(),
  cores: z.number().int().positive(),
  /** As the engine's log or the system told; empty where none is known. */
  gpus: z.array(z.object({ name: z.string(), library: z.string().nullable(), memoryBytes: bytes.nullable() })),
  /** The GPU uses the machine's own memory. */
  unifiedMemory: z.boolean(),
});
export type MachineFacts = z.infer<typeof machineFactsSchema>;

export const engineStateSchema = z.object({
  phase: enginePhaseSchema,
  /** Why it is as it is, in a sentence, where that is not plain from the phase. */
  reason: z.string().nullable(),
  /** `adopted`: somebody else's, which is never stopped or restarted. Null while none runs. */
  origin: z.enum(['adopted', 'own']).nullable(),
  version: z.string().nullable(),
  /** Where it answers; null while none runs. */
  baseUrl: z.string().nullable(),
  /** Of an own engine. */
  pid: z.number().int().nullable(),
  startedAtMs: moment.nullable(),
  restartAtMs: moment.nullable(),
  /** Of an own engine, by itself, within five minutes. */
  recentExits: z.number().int().nonnegative(),
  /** The program that an own engine is, or would be. */
  binary: z
    .object({ path: z.string(), source: z.enum(['downloaded', 'path', 'app', 'usual-folder']), version: z.string().nullable() })
    .nullable(),
  /** The id of the provider that reaches it: of the config, or `ollama` where the config has none for it. Null while none runs. */
  providerId: z.string().nullable(),
  /** An own engine runs on settings, or as a release, that were changed since; a restart takes them over. */
  restartNeeded: z.boolean(),
  /** Under way or failed; null else. */
  download: engineDownloadSchema.nullable(),
  /** Null where there is none, and then `offerProblem` says why. */
  offer: engineOfferSchema.nullable(),
  offerProblem: z.string().nullable(),
  /** Releases in the data folder, the newest first; `inUse` is the one that starts. */
  releases: z.array(z.object({ version: z.string(), inUse: z.boolean() })),
  machine: machineFactsSchema,
  /** The newest lines of an own engine's log, at most twenty. */
  logTail: z.array(z.string()),
});
export type EngineState = z.infer<typeof engineStateSchema>;

/** One line that an own engine wrote. */
export const engineLogLineSchema = z.object({ atMs: moment, text: z.string() });
export type EngineLogLine = z.infer<typeof engineLogLineSchema>;
