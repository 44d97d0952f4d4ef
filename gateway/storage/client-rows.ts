/** Clients and their keys: one row a client, one for each key that was ever made for it. */
import type { Database } from 'better-sqlite3';
import type { ClientTerms } from '../contract/client-terms.ts';
import type { ClientChanges, ClientKeyRow, ClientRow } from './settings-writes.ts';

export interface ClientWrites {
  create(client: ClientRow): boolean;
  /** False when there is no such client or it was revoked. */
  update(id: string, changes: ClientChanges): boolean;
  /** False when there is no such client or it was revoked. */
  addKey(id: string, key: ClientKeyRow, olderEndAtMs: number): boolean;
  revoke(id: string, revokedAtMs: number): boolean;
  touch(id: string, atMs: number): boolean;
}

interface StoredTerms {
  readonly name: string;
  readonly strict: number;
  readonly sensitivity: ClientTerms['sensitivity'];
  readonly budgetsJson: string;
  readonly tier: ClientTerms['tier'];
  readonly limitsJson: string;
  readonly allowedModelsJson: string | null;
  readonly expiresAtMs: number | null;
  readonly app: string | null;
}

interface StoredClient extends StoredTerms {
  readonly id: string;
  readonly createdAtMs: number;
  readonly revokedAtMs: number | null;
  readonly lastSeenAtMs: number | null;
}

/** Prepares the statements, once for each connection that writes. */
export function prepareClientWrites(database: Database): ClientWrites {
  const insert = database.prepare(insertSql);
  const read = database.prepare<[string], StoredClient>(readOneSql);
  const update = database.prepare(updateSql);
  const insertKey = database.prepare(insertKeySql);
  const endKeys = database.prepare(endKeysSql);
  const revoke = database.prepare('UPDATE clients SET revokedAtMs = ? WHERE id = ? AND revokedAtMs IS NULL');
  const touch = database.prepare('UPDATE clients SET lastSeenAtMs = ? WHERE id = ? AND coalesce(lastSeenAtMs, 0) < ?');
  return {
    create({ keys, id, createdAtMs, revokedAtMs, lastSeenAtMs, ...terms }) {
      insert.run({ ...storedTerms(terms), id, createdAtMs, revokedAtMs, lastSeenAtMs });
      for (const key of keys) insertKey.run({ ...key, id });
      return true;
    },
    update(id, changes) {
      const row = read.get(id);
      if (!row) return false;
      const said = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
      update.run({ ...storedTerms({ ...termsOf(row), ...said }), id });
      return true;
    },
    addKey(id, key, olderEndAtMs) {
      if (!read.get(id)) return false;
      endKeys.run(olderEndAtMs, id, olderEndAtMs);
      insertKey.run({ ...key, id });
      return true;
    },
    revoke: (id, revokedAtMs) => revoke.run(revokedAtMs, id).changes > 0,
    touch: (id, atMs) => touch.run(atMs, id, atMs).changes > 0,
  };
}

/** Every client with all its keys, in the order that they were made. */
export function prepareClientRead(database: Database): () => ClientRow[] {
  const clients = database.prepare<[], StoredClient>(readSql);
  const keys = database.prepare<[], ClientKeyRow & { readonly clientId: string }>(readKeysSql);
  return () => {
    const byClient = Map.groupBy(keys.all(), ({ clientId }) => clientId);
    return clients.all().map((row) => {
      const { id, createdAtMs, revokedAtMs, lastSeenAtMs } = row;
      const own = (byClient.get(id) ?? []).map(({ clientId: _, ...key }) => key);
      return { ...termsOf(row), id, createdAtMs, revokedAtMs, lastSeenAtMs, keys: own };
    });
  };
}

function storedTerms(terms: ClientTerms): StoredTerms {
  const { name, strict, sensitivity, tier, expiresAtMs, app, budgets, limits, allowedModels } = terms;
  return {
    name,
    sensitivity,
    tier,
    expiresAtMs,
    app,
    strict: strict ? 1 : 0,
    budgetsJson: JSON.stringify(budgets),
    limitsJson: JSON.stringify(limits),
    allowedModelsJson: allowedModels === null ? null : JSON.stringify(allowedModels),
  };
}

/** What stands there was checked by the contract before it was written. */
function termsOf(row: StoredTerms): ClientTerms {
  const { name, strict, sensitivity, tier, expiresAtMs, app, budgetsJson, limitsJson, allowedModelsJson } = row;
  const budgets: ClientTerms['budgets'] = JSON.parse(budgetsJson);
  const limits: ClientTerms['limits'] = JSON.parse(limitsJson);
  const allowedModels: ClientTerms['allowedModels'] = allowedModelsJson === null ? null : JSON.parse(allowedModelsJson);
  return { name, strict: strict === 1, sensitivity, tier, expiresAtMs, app, budgets, limits, allowedModels };
}

const readSql = `
SELECT
  id, name, strict, sensitivity, tier, expiresAtMs, app, budgetsJson, limitsJson, allowedModelsJson, createdAtMs, revokedAtMs, lastSeenAtMs
FROM clients ORDER BY createdAtMs, id`;

const readOneSql = `
SELECT
  id, name, strict, sensitivity, tier, expiresAtMs, app, budgetsJson, limitsJson, allowedModelsJson, createdAtMs, revokedAtMs, lastSeenAtMs
FROM clients WHERE id = ? AND revokedAtMs IS NULL`;

const readKeysSql =
  'SELECT clientId, hash, prefix, createdAtMs, endsAtMs FROM clientKeys ORDER BY createdAtMs DESC, endsAtMs IS NULL DESC';

const insertSql = `
INSERT INTO clients (
  id, name, strict, sensitivity, tier, expiresAtMs, app, budgetsJson, limitsJson, allowedModelsJson, createdAtMs, revokedAtMs, lastSeenAtMs
) VALUES (
  :id, :name, :strict, :sensitivity, :tier, :expiresAtMs, :app, :budgetsJson, :limitsJson, :allowedModelsJson, :createdAtMs, :revokedAtMs,
  :lastSeenAtMs
)`;

const updateSql = `
UPDATE clients SET
  name = :name, strict = :strict, sensitivity = :sensitivity, tier = :tier, expiresAtMs = :expiresAtMs, app = :app,
  budgetsJson = :budgetsJson, limitsJson = :limitsJson, allowedModelsJson = :allowedModelsJson
WHERE id = :id`;

const insertKeySql = `
INSERT INTO clientKeys (hash, clientId, prefix, createdAtMs, endsAtMs) VALUES (:hash, :id, :prefix, :createdAtMs, :endsAtMs)`;

const endKeysSql = 'UPDATE clientKeys SET endsAtMs = ? WHERE clientId = ? AND (endsAtMs IS NULL OR endsAtMs > ?)';
