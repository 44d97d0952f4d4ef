/** The client keys in force, by their hashes: who asks is one look-up, and a key that is revoked is gone at once. */
import { randomUUID } from 'node:crypto';
import { type ClientTerms, plainTerms } from '../contract/client-terms.ts';
import { createClientKey, hashClientKey, isClientKey } from './client-keys.ts';

/** Terms to be changed; what is left out stays. */
export type ClientTermChanges = { readonly [T in keyof ClientTerms]?: ClientTerms[T] | undefined };

export interface BookedClient extends ClientTerms {
  readonly id: string;
}

/** A key as it is kept for good. */
export interface ClientKeyEntry {
  /** SHA-256 of the key, in hexadecimal. */
  readonly hash: string;
  /** The first characters of the key, for people to tell keys apart. */
  readonly prefix: string;
  readonly createdAtMs: number;
  /** From then on it opens nothing; null: it stays as long as its client. */
  readonly endsAtMs: number | null;
}

/** A client as it is kept for good. */
export interface ClientEntry extends BookedClient {
  readonly createdAtMs: number;
  readonly revokedAtMs: number | null;
  readonly lastSeenAtMs: number | null;
  readonly keys: readonly ClientKeyEntry[];
}

/** What the book needs of storage. Promises resolve when the change is safe. */
export interface ClientStore {
  loadAll(): readonly ClientEntry[];
  create(entry: ClientEntry): Promise<void>;
  /** False when there is no such client or it was revoked. */
  update(id: string, changes: ClientTermChanges): Promise<boolean>;
  /** False when there is no such client or it was revoked before. */
  revoke(id: string): Promise<boolean>;
  touch(id: string, atMs: number): void;
}

export interface ClientBook {
  /** How many were ever made, revoked ones too. */
  readonly size: number;
  /** `malformed`: the text is no key of ours at all. */
  find(key: string): BookedClient | 'unknown' | 'malformed';
  /** Those in force. */
  list(): readonly BookedClient[];
  /** One in force by the name that it was given; null when there is none. */
  named(name: string): BookedClient | null;
  /** False from the moment that a client's key is revoked. */
  isInForce(id: string): boolean;
  /** Makes a client; its key is told this once and kept nowhere. */
  create(name: string, terms?: Partial<ClientTerms>): Promise<{ readonly id: string; readonly key: string }>;
  /** Its next requests are held to it. False, and nothing changed, where there is no such key in force. */
  update(id: string, changes: ClientTermChanges): Promise<boolean>;
  revoke(id: string): Promise<boolean>;
}

/** @param now milliseconds since 1970 */
export function openClientBook(store: ClientStore, now: () => number): ClientBook {
  const all = store.loadAll();
  const byHash = new Map<string, BookedClient>();
  const inForce = new Set<string>();
  const book = (client: BookedClient, hash: string): void => {
    byHash.set(hash, client);
    inForce.add(client.id);
  };
  for (const { keys, createdAtMs: _, revokedAtMs, lastSeenAtMs: __, ...client } of all)
    if (revokedAtMs === null) for (const { hash } of keys) book(client, hash);
  let size = all.length;
  return {
    get size() {
      return size;
    },
    find(key) {
      if (!isClientKey(key)) return 'malformed';
      const client = byHash.get(hashClientKey(key));
      if (!client) return 'unknown';
      store.touch(client.id, now());
      return client;
    },
    list: () => [...new Map([...byHash.values()].map((client) => [client.id, client])).values()],
    named: (name) => [...byHash.values()].find((client) => client.name === name) ?? null,
    isInForce: (id) => inForce.has(id),
    async create(name, terms = {}) {
      const { key, hash, prefix } = createClientKey();
      const client = { ...plainTerms, ...terms, id: `client_${randomUUID()}`, name };
      const createdAtMs = now();
      const keys = [{ hash, prefix, createdAtMs, endsAtMs: null }];
      await store.create({ ...client, keys, createdAtMs, revokedAtMs: null, lastSeenAtMs: null });
      book(client, hash);
      size += 1;
      return { id: client.id, key };
    },
    async update(id, changes) {
      if (!(await store.update(id, changes))) return false;
      const said = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
      for (const [hash, client] of byHash) if (client.id === id) byHash.set(hash, { ...client, ...said });
      return true;
    },
    async revoke(id) {
      inForce.delete(id);
      for (const [hash, client] of byHash) if (client.id === id) byHash.delete(hash);
      return store.revoke(id);
    },
  };
}
