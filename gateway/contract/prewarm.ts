/** Models that are loaded before anybody asks for them: at times of the day, or when a program comes. */
import { z } from 'zod';
import { titleSchema } from './names.ts';
import { timeOfDaySchema, weekDays } from './policy/condition.ts';

export const prewarmSchema = z
  .strictObject({
    /** `provider/model`, of an Ollama. */
    model: z
      .string()
      .max(256)
      .regex(/^[^/]+\/.+$/, 'must be provider/model'),
    /** Times of day, by this machine's clock. */
    at: z.array(timeOfDaySchema).max(24).default([]),
    /** On these days; left out: on all. */
    days: z.array(z.enum(weekDays)).min(1).max(7).optional(),
    /** Names of client keys: with the first request of one of them, or when it lists the models. */
    clients: z.array(titleSchema).max(32).default([]),
    /** It stays in memory for so long after it was used last. */
    keepAliveMinutes: z.number().int().min(1).max(1_440).default(30),
  })
  .refine(({ at, clients }) => at.length + clients.length > 0, 'needs at, clients or both: when is it to be loaded?');
export type Prewarm = z.infer<typeof prewarmSchema>;
