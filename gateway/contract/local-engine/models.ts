/** Models of the local engine: those that are there, those on their way, and those that could be. */
import { z } from 'zod';
import { localModelOptionsSchema } from './settings.ts';

const bytes = z.number().int().nonnegative();
const moment = z.number().int().nonnegative();

/** What a model can do, in Ollama's words. */
export const modelAbilities = ['completion', 'tools', 'insert', 'vision', 'embedding', 'thinking', 'image', 'audio'] as const;
export const modelAbilitySchema = z.enum(modelAbilities);
export type ModelAbility = z.infer<typeof modelAbilitySchema>;

/** A model in memory. */
export const loadedModelSchema = z.object({
  sizeBytes: bytes,
  /** The part of it on a GPU: less than `sizeBytes` is slower. */
  vramBytes: bytes,
  /** When it is unloaded, unless it is asked meanwhile; null where it stays. */
  expiresAtMs: moment.nullable(),
  contextTokens: z.number().int().nonnegative().nullable(),
});
export type LoadedModel = z.infer<typeof loadedModelSchema>;

const modelDetails = {
  format: z.string().nullable(),
  family: z.string().nullable(),
  /** `8.2B`. */
  parameterSize: z.string().nullable(),
  /** `Q4_K_M`. */
  quantization: z.string().nullable(),
} as const;

export const localModelSchema = z.object({
  /** `qwen3:8b`; a program asks for it as `<provider id>/qwen3:8b`. */
  name: z.string(),
  sizeBytes: bytes,
  digest: z.string(),
  modifiedAtMs: moment.nullable(),
  ...modelDetails,
  /** Null where the engine does not tell. */
  abilities: z.array(modelAbilitySchema).nullable(),
  /** The longest context that it was made for; null where the engine does not tell. */
  contextTokens: z.number().int().nonnegative().nullable(),
  /** Set where it runs on another machine: what it is asked leaves this one. */
  remoteHost: z.string().nullable(),
  /** Null while it is not in memory. */
  loaded: loadedModelSchema.nullable(),
  options: localModelOptionsSchema,
});
export type LocalModel = z.infer<typeof localModelSchema>;

export const shownModelSchema = z.object({
  name: z.string(),
  ...modelDetails,
  abilities: z.array(modelAbilitySchema).nullable(),
  contextTokens: z.number().int().nonnegative().nullable(),
  license: z.string().nullable(),
  template: z.string().nullable(),
  system: z.string().nullable(),
  /** As the model's own file sets them. */
  parameters: z.string().nullable(),
  options: localModelOptionsSchema,
});
export type ShownModel = z.infer<typeof shownModelSchema>;

/** A model on its way. One at a time runs; the others wait in their order. */
export const pullSchema = z.object({
  model: z.string(),
  /** `waiting-for-engine`: it goes on when the engine runs again. */
  state: z.enum(['queued', 'running', 'waiting-for-engine', 'paused', 'failed', 'done']),
  step: z.enum(['manifest', 'layers', 'verifying', 'finishing']),
  /** Over all layers; never less than was told before, though a layer that is fetched again begins anew. */
  bytesDone: bytes,
  /** Of the layers that are known so far; null before the first. */
  bytesTotal: bytes.nullable(),
  /** Smoothed; null while nothing can be said. */
  bytesPerSecond: z.number().nonnegative().nullable(),
  secondsLeft: z.number().nonnegative().nullable(),
  /** Why it failed, or why it waits, in a sentence. */
  reason: z.string().nullable(),
  queuedAtMs: moment,
  endedAtMs: moment.nullable(),
});
export type Pull = z.infer<typeof pullSchema>;

/**
 * How a model would run here. `gpu`: wholly on the GPU. `memory`: on the processor, or in part. `tight`: with hardly any memory
 * left for other programs. `too-large`: not at all.
 */
export const modelFitSchema = z.enum(['gpu', 'memory', 'tight', 'too-large']);
export type ModelFit = z.infer<typeof modelFitSchema>;

/** One size of a model of the catalog. */
export const catalogVariantSchema = z.object({
  /** What is pulled: `qwen3:8b`. */
  name: z.string(),
  parameterSize: z.string(),
  downloadBytes: bytes,
  /** The longest context. */
  contextTokens: z.number().int().positive().nullable(),
  /** An estimate of what it takes in memory with a context of 8,192 tokens. */
  memoryBytes: bytes,
  fit: modelFitSchema,
  /** Is it here? */
  installed: z.boolean(),
});
export type CatalogVariant = z.infer<typeof catalogVariantSchema>;

/** A model of the catalog that comes with Gatehouse. */
export const catalogModelSchema = z.object({
  name: z.string(),
  description: z.string(),
  abilities: z.array(modelAbilitySchema),
  variants: z.array(catalogVariantSchema),
});
export type CatalogModel = z.infer<typeof catalogModelSchema>;

/** A model that suits this machine, and what for. */
export const recommendedModelSchema = z.object({
  purpose: z.enum(['chat', 'coding', 'vision', 'embedding', 'small']),
  model: z.string(),
  description: z.string(),
  variant: catalogVariantSchema,
});
export type RecommendedModel = z.infer<typeof recommendedModelSchema>;

export const diskUseSchema = z.object({
  /** Null where it is not known, such as on another machine. */
  folder: z.string().nullable(),
  /** Layers that several models share are counted once. */
  totalBytes: bytes,
  /** Of the disk that the folder is on; null where the folder is not known. */
  freeBytes: bytes.nullable(),
  /** Layers of pulls that have not ended. */
  partialBytes: bytes,
  /** `sizes`: the folder could not be read, so shared layers are counted as often as they are used. */
  countedBy: z.enum(['layers', 'sizes']),
  models: z.array(
    z.object({
      name: z.string(),
      sizeBytes: bytes,
      /** What would be free if it alone were deleted. */
      ownBytes: bytes,
    }),
  ),
});
export type DiskUse = z.infer<typeof diskUseSchema>;
