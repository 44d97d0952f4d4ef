/** A client as screens and scripts see it: without the hashes of its keys. */
import type { ClientItem } from '../contract/records.ts';
import type { ClientRow } from './settings-writes.ts';

/** @param nowMs keys that have ended by then are left out, as are all of a client that was revoked or has expired */
export function clientItem({ keys, budgets, allowedModels, ...client }: ClientRow, nowMs: number): ClientItem {
  const isOver = (endsAtMs: number | null): boolean => endsAtMs !== null && endsAtMs <= nowMs;
  const isEnded = client.revokedAtMs !== null || isOver(client.expiresAtMs);
  const inForce = isEnded ? [] : keys.filter(({ endsAtMs }) => !isOver(endsAtMs));
  return {
    ...client,
    budgets: [...budgets],
    allowedModels: allowedModels === null ? null : [...allowedModels],
    prefix: keys[0]?.prefix ?? '',
    keys: inForce.map(({ prefix, createdAtMs, endsAtMs }) => ({ prefix, createdAtMs, endsAtMs })),
  };
}
