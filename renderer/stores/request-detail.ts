/** The whole of one request, read anew when it ends. */
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { RequestDetail } from '../../gateway/contract/records.ts';
import { control } from '../control.ts';
import { messageOf } from './message-of.ts';
import { recentRequests, useInFlight } from './requests.ts';

export interface DetailReading {
  readonly detail: RequestDetail | null;
  readonly error: string | null;
  retry(): void;
}

export function useRequestDetail(id: string): DetailReading {
  const [detail, setDetail] = useState<RequestDetail | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [turn, setTurn] = useState(0);
  // Either of these changes when the request ends.
  const isRunning = useInFlight(({ ids }) => ids.has(id));
  const state = useStore(recentRequests.store, ({ items }) => items.find((item) => item.id === id)?.state);
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
  }, [id, isRunning, state, turn]);
  return { detail: detail?.id === id ? detail : null, error, retry: () => setTurn(turn + 1) };
}
