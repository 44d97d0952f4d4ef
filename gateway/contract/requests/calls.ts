/** The calls about the log of requests: its pages, how many there were over time, and one of them. */
import { z } from 'zod';
import { requestDetailSchema, requestItemSchema } from '../records.ts';
import { longestQuery } from './query.ts';

/** A query as people write it (`query.ts`): `status:failed model:gpt-5*`. Left out or empty: everything. */
const filter = z.string({ error: 'must be a query such as "status:failed model:gpt-5*"' }).max(longestQuery).optional();

const count = z.number().int().nonnegative();

/** Requests that began from one moment to another, which is not included. Milliseconds since 1970. */
const requestBarSchema = z.object({
  startMs: z.number().int(),
  endMs: z.number().int(),
  requests: count,
  /** Of them those that `status:failed` finds. */
  failed: count,
});
export type RequestBar = z.infer<typeof requestBarSchema>;

export const requestCalls = {
  'requests.list': {
    input: z.strictObject({
      filter,
      cursor: z.string().max(64).nullish(),
      limit: z.number().int().min(1).max(500).default(50),
    }),
    output: z.object({
      /** Newest first. Fewer than asked for, though there is a cursor, where the search has stopped for now. */
      items: z.array(requestItemSchema),
      nextCursor: z.string().nullable(),
      /** How far a search has looked that stopped for now (milliseconds since 1970); left out where it did not. */
      searchedBackToMs: z.number().int().optional(),
    }),
  },
  /** How many there were over time. */
  'requests.histogram': {
    input: z.strictObject({ filter, bars: z.number().int().min(2).max(200).default(60) }),
    output: z.object({
      /** In order, without gaps; none where there is nothing to count. */
      bars: z.array(requestBarSchema),
      /** What began before was not counted (milliseconds since 1970); null where everything was. */
      countedBackToMs: z.number().int().nullable(),
    }),
  },
  'requests.get': { input: z.strictObject({ id: z.string().min(1).max(128) }), output: requestDetailSchema },
} as const;
