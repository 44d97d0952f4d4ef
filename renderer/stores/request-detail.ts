/** The whole of one request, read anew when it ends, or its copy does. */
import { useEffect, useState } from 'react';
import { create, useStore } from 'zustand';
import type { RequestDetail } from '../../gateway/contract/records.ts';
import { control } from '../control.ts';
import { messageOf } from './message-of.ts';
import { recentRequests, useInFlight } from './requests.ts';

export interface DetailReading {
  readonly detail: RequestDetail | null;
  readonly error: string | null;
  retry(): void;
}

/** Of which request the latest copy was that ended, and how many have. */
const useLatestCopy = create<{ readonly id: string; readonly count: number }>(() => ({ id: '', count: 0 }));

/** A copy of a request is over. */
export function copyEnded(id: string): void {
  useLatestCopy.setState(({ count }) => ({ id, count: count + 1 }));
}

export function useRequestDetail(id: string): DetailReading {
  const [detail, setDetail] = useState<RequestDetail | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [turn, setTurn] = useState(0);
  // Either of these changes when the request ends.
  const isRunning = useInFlight(({ ids }) => ids.has(id));
  const state = useStore(recentRequests.store, ({ items }) => items.find((item) => item.id === id)?.state);
  const copies = useLatestCopy((latest) => (latest.id === id ? latest.count : 0));
  useEffect(() => {
    let current = true;
    setError(null);
    control.call('requests.get', { id }).then(
      (found) => current && setDetail(found),
      (failure: unknown) => current && setError(messageOf(failure)),
    );
    return () => {
      current = false;
    };
  }, [id, isRunning, state, copies, turn]);
  return { detail: detail?.id === id ? detail : null, error, retry: () => setTurn(turn + 1) };
}
