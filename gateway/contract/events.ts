/** What the gateway tells every open window, as it happens. */
import { z } from 'zod';
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
  /** The listener missed events (it was too slow, or away too long): read everything again. */
  z.object({ type: z.literal('resync') }),
]);
export type GatewayEvent = z.infer<typeof gatewayEventSchema>;
