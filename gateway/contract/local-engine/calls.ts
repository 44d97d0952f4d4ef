/** The calls about the local engine and its models. Those that need a running engine are `unavailable` without one. */
import { z } from 'zod';
import { engineLogLineSchema, engineStateSchema } from './engine.ts';
import {
  catalogModelSchema,
  diskUseSchema,
  localModelSchema,
  modelAbilitySchema,
  pullSchema,
  recommendedModelSchema,
  shownModelSchema,
} from './models.ts';
import { localModelNameRule } from './patterns.ts';
import { keepAliveSchema, localModelOptionsSchema } from './settings.ts';

const nothing = z.strictObject({});

export const localModelNameSchema = z.string().max(256).regex(localModelNameRule.pattern, localModelNameRule.message);

const named = z.strictObject({ model: localModelNameSchema });

/** Refused with `conflict` where the engine is somebody else's. */
const engineCalls = {
  'engine.state': { input: nothing, output: engineStateSchema },
  /** Looks for one anew: after it was installed or started by other means. */
  'engine.look': { input: nothing, output: engineStateSchema },
  /** Fetches the release on offer, or goes on with one that failed; answers once it is under way. */
  'engine.download': { input: nothing, output: engineStateSchema },
  /** What has come is thrown away. */
  'engine.cancel-download': { input: nothing, output: engineStateSchema },
  /** Answers when it runs, or has ended. */
  'engine.start': { input: nothing, output: engineStateSchema },
  /** Answers when it and everything it started have ended. */
  'engine.stop': { input: nothing, output: engineStateSchema },
  'engine.restart': { input: nothing, output: engineStateSchema },
  /** The release before the one in use is used from now on; a running one is restarted. */
  'engine.return-to-previous': { input: nothing, output: engineStateSchema },
  /** The newest lines of an own engine, the oldest first. */
  'engine.log': {
    input: z.strictObject({ limit: z.number().int().min(1).max(2_000).default(500) }),
    output: z.object({ items: z.array(engineLogLineSchema), file: z.string() }),
  },
} as const;

const pulls = z.object({ items: z.array(pullSchema) });

const modelCalls = {
  'local-models.list': { input: nothing, output: z.object({ items: z.array(localModelSchema) }) },
  'local-models.show': { input: named, output: shownModelSchema },
  /** All that wait, run or failed, and those that ended in this run of Gatehouse. */
  'local-models.pulls': { input: nothing, output: pulls },
  /** Puts it at the end of the queue; one that is there already is left as it is. */
  'local-models.pull': { input: named, output: pulls },
  /** What has come is kept. */
  'local-models.pause': { input: named, output: pulls },
  /** Also tries again what failed. */
  'local-models.resume': { input: named, output: pulls },
  /** Takes it from the queue, also when it has ended. */
  'local-models.cancel': { input: named, output: pulls },
  /** Answers when it is in memory. */
  'local-models.load': {
    input: z.strictObject({ model: localModelNameSchema, keepAlive: keepAliveSchema.optional() }),
    output: localModelSchema,
  },
  'local-models.unload': { input: named, output: z.object({ unloaded: z.literal(true) }) },
  'local-models.delete': { input: named, output: z.object({ deleted: z.literal(true) }) },
  /** Refused with `conflict` where a model of that name is. */
  'local-models.copy': {
    input: z.strictObject({ source: localModelNameSchema, destination: localModelNameSchema }),
    output: z.object({ copied: z.literal(true) }),
  },
  'local-models.disk': { input: nothing, output: diskUseSchema },
  /** Models of the catalog whose name or description has every word; without words all of them. */
  'local-models.search': {
    input: z.strictObject({ text: z.string().max(200).default(''), ability: modelAbilitySchema.optional() }),
    output: z.object({ items: z.array(catalogModelSchema), catalogDate: z.string() }),
  },
  /** One for each purpose that this machine has the memory for. */
  'local-models.recommended': { input: nothing, output: z.object({ items: z.array(recommendedModelSchema) }) },
  /** Writes them into the config, in place of those it has; empty ones are taken out. */
  'local-models.set-options': {
    input: z.strictObject({ model: localModelNameSchema, options: localModelOptionsSchema }),
    output: z.object({ version: z.number().int() }),
  },
} as const;

export const localEngineCalls = { ...engineCalls, ...modelCalls } as const;
