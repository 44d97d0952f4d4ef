/** Where in the window a person is: the address, which filters live in too. */
import { create } from 'zustand';

export interface Route {
  readonly path: string;
  /** Without its question mark. */
  readonly query: string;
}

const here = (): Route => ({ path: location.pathname, query: location.search.slice(1) });

export const useRoute = create<Route>(() => here());

export function followAddress(): void {
  addEventListener('popstate', () => useRoute.setState(here()));
}

/** Goes to an address of the window: `/requests?q=status:ok`. */
export function navigate(to: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, '', to);
  else history.pushState(null, '', to);
  useRoute.setState(here());
}

export function useQuery(): URLSearchParams {
  return new URLSearchParams(useRoute(({ query }) => query));
}

/** An address with some of its query changed; null takes a part away. */
export function withQuery({ path, query }: Route, changes: Readonly<Record<string, string | null>>): string {
  const parts = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) parts.delete(name);
    else parts.set(name, value);
  }
  const text = parts.toString();
  return text === '' ? path : `${path}?${text}`;
}
