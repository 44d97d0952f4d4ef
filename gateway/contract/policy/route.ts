/** Where a rule or an alias leads: targets, and how one of them is chosen. */
import { z } from 'zod';
import { modelNameSchema } from '../names.ts';

export const strategies = ['first', 'weighted', 'round-robin', 'cheapest', 'fastest', 'least-busy', 'loaded'] as const;
export const strategySchema = z.enum(strategies);
export type Strategy = z.infer<typeof strategySchema>;

const share = z.number().min(0).max(1_000);

/** A weight that grows, or shrinks, evenly from one moment to another: a canary. */
export const weightScheduleSchema = z
  .strictObject({
    from: share,
    to: share,
    startsAt: z.iso.datetime({ offset: true, error: 'must be a moment such as 2026-11-20T09:00:00Z' }),
    endsAt: z.iso.datetime({ offset: true, error: 'must be a moment such as 2026-11-27T09:00:00Z' }),
  })
  .refine(({ startsAt, endsAt }) => Date.parse(startsAt) < Date.parse(endsAt), {
    path: ['endsAt'],
    message: 'must be later than startsAt',
  });
export type WeightSchedule = z.infer<typeof weightScheduleSchema>;

export const weightedTargetSchema = z.strictObject({
  /** `provider/model`, an alias (in a rule), or a bare model id: whoever lists it. */
  model: modelNameSchema,
  /** Its share among the others' weights; 1 where none is given. 0: only when no other is left. */
  weight: z
    .union([share, weightScheduleSchema], { error: 'must be a number, or {"from": …, "to": …, "startsAt": …, "endsAt": …}' })
    .optional(),
});

export const routeTargetSchema = z.union([modelNameSchema, weightedTargetSchema], {
  error: 'must be a model name, or {"model": …, "weight": …}',
});
export type RouteTarget = z.infer<typeof routeTargetSchema>;

const routeShape = {
  strategy: strategySchema.default('first'),
  targets: z.array(routeTargetSchema).min(1).max(64),
  /** Keeps the requests of one session with the target that answered it last, so that its prompt cache stays warm. */
  sticky: z.literal('session').optional(),
  /** For `weighted`: draws once for each client or session instead of for each request. */
  splitBy: z.enum(['request', 'client', 'session']).optional(),
} as const;

export const routeSchema = z.strictObject(routeShape).superRefine((route, context) => {
  const weighs = route.targets.some((target) => typeof target !== 'string' && target.weight !== undefined);
  if (weighs && route.strategy !== 'weighted')
    context.addIssue({ code: 'custom', path: ['strategy'], message: 'must be weighted where a target has a weight' });
  if (route.splitBy !== undefined && route.strategy !== 'weighted')
    context.addIssue({ code: 'custom', path: ['splitBy'], message: 'goes with the strategy weighted only' });
});
export type Route = z.infer<typeof routeSchema>;

/** A route in short: one model name, or several in the order to try them. */
export const shortRouteSchema = z.union([modelNameSchema, z.array(routeTargetSchema).min(1).max(64), routeSchema], {
  error: 'must be a model name, a list of them, or {"strategy": …, "targets": […]}',
});
export type ShortRoute = z.infer<typeof shortRouteSchema>;

export function wholeRoute(route: ShortRoute): Route {
  if (typeof route === 'string') return { strategy: 'first', targets: [route] };
  return 'targets' in route ? route : { strategy: 'first', targets: route };
}
