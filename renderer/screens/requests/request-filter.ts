/** The filter of the request list as it stands in the address, so that a filtered list can be kept and shared. Pure. */
import type { RequestFilter } from '../../../gateway/contract/calls.ts';
import type { RequestState } from '../../../gateway/contract/records.ts';

export const stateChoices: readonly RequestState[] = [
  'started',
  'ok',
  'upstream_error',
  'gateway_error',
  'client_closed',
  'rejected',
  'interrupted',
];

function isState(text: string): text is RequestState {
  return stateChoices.some((state) => state === text);
}

/** What an address says that is no filter is passed over. */
export function readFilter(query: URLSearchParams): RequestFilter {
  const states = (query.get('state') ?? '').split(',').filter(isState);
  const provider = query.get('provider');
  const model = query.get('model');
  const clientId = query.get('client');
  return {
    ...(states.length > 0 ? { state: states } : {}),
    ...(provider ? { provider } : {}),
    ...(model ? { model } : {}),
    ...(clientId ? { clientId } : {}),
  };
}

/** The changes of an address that take every filter away. */
export const noFilter = { state: null, provider: null, model: null, client: null } as const;
