/** Answers the calls about the log: reads the query, and asks storage. */
import { CallError, type CallHandlers } from './contract/calls.ts';
import { readQuery } from './contract/requests/query.ts';
import type { QueryTerm } from './contract/requests/query-terms.ts';
import { costLinesOf } from './money/reprice.ts';
import type { Storage } from './storage/open-storage.ts';

export interface RequestCallParts {
  readonly storage: Pick<Storage, 'listRequests' | 'getRequest' | 'usage'>;
}

export function requestCalls({ storage }: RequestCallParts) {
  return {
    'requests.list': ({ filter, cursor, limit }) =>
      storage.listRequests({ terms: readFilter(filter), cursor: cursor ?? null, limit }),
    'requests.histogram': async ({ filter, bars }) => {
      const nowMs = Date.now();
      const { bars: counted, countedBackToMs } = await storage.usage.histogram({ terms: readFilter(filter, nowMs), bars, nowMs });
      return { bars: [...counted], countedBackToMs };
    },
    'requests.get': async ({ id }) => {
      const request = await storage.getRequest(id);
      if (!request) throw new CallError('not-found', `There is no request "${id}" in the log.`, 'id');
      return { ...request, costLines: costLinesOf(request) };
    },
  } satisfies Partial<CallHandlers>;
}

/** @throws CallError `invalid` for a query that cannot be read, naming the word */
function readFilter(filter = '', nowMs = Date.now()): readonly QueryTerm[] {
  const reading = readQuery(filter, nowMs);
  if (reading.ok) return reading.terms;
  throw new CallError('invalid', reading.message, 'filter');
}
