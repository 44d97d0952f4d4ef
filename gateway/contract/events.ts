/** What the gateway tells every open window, as it happens. */
import { z } from 'zod';
import { engineStateSchema } from './local-engine/engine.ts';
import { pullSchema } from './local-engine/models.ts';
import { alertSchema } from './money/alert.ts';
import { requestItemSchema } from './records.ts';
import { statusSchema } from './status.ts';

export const gatewayEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('status-changed'), status: statusSchema }),
  z.object({ type: z.literal('request-started'), request: requestItemSchema }),
  z.object({ type: z.literal('request-finished'), request: requestItemSchema }),
  /** A copy that a rule sent of a request is over: `requests.get` tells of it, and usage has its cost. */
  z.object({ type: z.literal('copy-finished'), id: z.string() }),
  z.object({ type: z.literal('config-changed'), version: z.number().int() }),
  /** A breaker opened or closed, or a key rests or is back: `targets.list` and `providers.keys` say anew how they stand. */
  z.object({ type: z.literal('targets-changed') }),
  /** What was spent, reserved or limited has changed: `budgets.list` says how it stands. At most a few times a second. */
  z.object({ type: z.literal('budgets-changed') }),
  z.object({ type: z.literal('alert-raised'), alert: alertSchema }),
  /** A person has seen some alerts: `alerts.list` says which are left. */
  z.object({ type: z.literal('alerts-seen') }),
  z.object({ type: z.literal('engine-changed'), state: engineStateSchema }),
  /** All that `local-models.pulls` lists. At most four times a second. */
  z.object({ type: z.literal('pulls-changed'), items: z.array(pullSchema) }),
  /** Models have come, gone, or been loaded or unloaded: `local-models.list` says anew which are there. */
  z.object({ type: z.literal('local-models-changed') }),
  /** The listener missed events (it was too slow, or away too long): read everything again. */
  z.object({ type: z.literal('resync') }),
]);
export type GatewayEvent = z.infer<typeof gatewayEventSchema>;
