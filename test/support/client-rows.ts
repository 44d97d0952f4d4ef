/** A client's row and item, with everything in them. */
import { plainTerms } from '../../gateway/contract/client-terms.ts';
import type { ClientItem } from '../../gateway/contract/records.ts';
import type { ClientRow } from '../../gateway/storage/settings-writes.ts';

/** @param hash of its one key */
export function clientRow(id: string, changes: Partial<ClientRow> = {}, hash = id): ClientRow {
  const keys = [{ hash, prefix: 'llmgw_AbCd', createdAtMs: 10, endsAtMs: null }];
  return { ...plainTerms, id, name: `program ${id}`, keys, createdAtMs: 10, revokedAtMs: null, lastSeenAtMs: null, ...changes };
}

export function clientItem(id: string, changes: Partial<ClientItem> = {}): ClientItem {
  const row = clientRow(id);
  return {
    ...row,
    budgets: [],
    allowedModels: null,
    prefix: 'llmgw_AbCd',
    keys: row.keys.map(({ hash: _, ...key }) => key),
    ...changes,
  };
}
