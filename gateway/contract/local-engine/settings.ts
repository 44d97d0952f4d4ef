/** What a person may set of the local engine (Ollama) and of its models. */
import { z } from 'zod';
import { modelNameSchema } from '../names.ts';
import { deviceListRule, folderRule, keepAliveRule } from './patterns.ts';

export const keepAliveSchema = z.string().regex(keepAliveRule.pattern, keepAliveRule.message);

const contextTokens = z.number().int().min(256).max(16_777_216);

/** What one model is asked with, where its client does not say otherwise. What is left out is as the engine has it. */
export const localModelOptionsSchema = z.strictObject({
  /** Tokens of context that room is made for; more takes more memory. */
  contextTokens: contextTokens.optional(),
  keepAlive: keepAliveSchema.optional(),
  /** Layers that are put on the GPU; 0 for none. */
  gpuLayers: z.number().int().min(0).max(10_000).optional(),
  /** Threads of the processor. */
  threads: z.number().int().min(1).max(1_024).optional(),
  /** Tokens of a prompt that are read at a time. */
  batchTokens: z.number().int().min(1).max(65_536).optional(),
});
export type LocalModelOptions = z.infer<typeof localModelOptionsSchema>;

const absolutePath = z.string().max(1_024).regex(folderRule.pattern, folderRule.message);

const deviceList = z.string().max(256).regex(deviceListRule.pattern, deviceListRule.message);

/**
 * The engine is an Ollama: one that runs already is adopted and never touched; else one of Gatehouse's own may be started.
 * All but `enabled`, `start` and `models` hold for an engine of its own alone, from its next start on.
 */
export const localEngineSchema = z.strictObject({
  /** False: none is looked for and none is started. */
  enabled: z.boolean().default(true),
  /** When Gatehouse starts and none runs: `as-left` starts it where it ran when Gatehouse ended. */
  start: z.enum(['as-left', 'always', 'never']).default('as-left'),
  /** Where its models lie. Left out: in the folder that every Ollama of this person uses, so that each model is there once. */
  modelsFolder: absolutePath.optional(),
  /** For models whose own options say nothing. Left out: by the memory there is. */
  contextTokens: contextTokens.optional(),
  /** How long a model stays loaded after its last request. */
  keepAlive: keepAliveSchema.optional(),
  /** Requests that one model answers at the same time. */
  parallel: z.number().int().min(1).max(256).optional(),
  maxLoadedModels: z.number().int().min(1).max(256).optional(),
  /** Requests that may wait; more are refused, and go to the next target. */
  maxQueue: z.number().int().min(1).max(100_000).default(64),
  flashAttention: z.boolean().optional(),
  /** In what precision it remembers a conversation; needs flash attention where it is not f16. */
  kvCacheType: z.enum(['f16', 'q8_0', 'q4_0']).optional(),
  /** Which GPUs it may use. Left out: all. */
  gpuDevices: deviceList.optional(),
  /** May it use models that run on Ollama's servers? */
  cloudModels: z.boolean().default(false),
  /** Clients, by name, that may fetch, copy and delete models through the Ollama door; no key may by itself. */
  modelManagers: z.array(z.string().min(1).max(100)).max(64).default([]),
  /** By model, as `local-models.list` names it. */
  models: z.record(modelNameSchema, localModelOptionsSchema).default({}),
});
export type LocalEngineSettings = z.infer<typeof localEngineSchema>;
