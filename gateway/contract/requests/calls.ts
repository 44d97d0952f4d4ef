/** The calls about the log of requests: its pages, how many there were over time, and one of them. */
import { z } from 'zod';
import { requestDetailSchema, requestItemSchema } from '../records.ts';
import { longestQuery } from './query.ts';

/** A query as people write it (`query.ts`): `status:failed model:gpt-5*`. Left out or empty: everything. */
const filter = z.string({ error: 'must be a query such as "status:failed model:gpt-5*"' }).max(longestQuery).optional();

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
  'requests.get': { input: z.strictObject({ id: z.string().min(1).max(128) }), output: requestDetailSchema },
} as const;
