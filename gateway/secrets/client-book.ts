/** The client keys in force, by their hashes: who asks is one look-up, and a key that is revoked is gone at once. */
import { randomUUID } from 'node:crypto';
import { type ClientTerms, plainTerms } from '../contract/client-terms.ts';
import { createClientKey, hashClientKey, isClientKey } from './client-keys.ts';

/** Terms to be changed; what is left out stays. */
export type ClientTermChanges = { readonly [T in keyof ClientTerms]?: ClientTerms[T] | undefined };

/** A client, as one of its keys shows it. */
export interface BookedClient extends ClientTerms {
  readonly id: string;
  /** From then on this key of it opens nothing; null: it stays as long as its client. Milliseconds since 1970. */
  readonly keyEndsAtMs: number | null;
  /** Of the key that it came with, to find it again; null where no key was shown. Not to be shown or logged. */
  readonly keyHash: string | null;
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
export interface ClientEntry extends ClientTerms {
  readonly id: string;
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
  /** The older keys end then, if they do not sooner. False when there is no such client or it was revoked. */
  addKey(id: string, key: ClientKeyEntry, olderEndAtMs: number): Promise<boolean>;
  /** False when there is no such client or it was revoked before. */
  revoke(id: string): Promise<boolean>;
  touch(id: string, atMs: number): void;
}

/** Why a key that once was good opens nothing any more: its client's time is over, or a newer key has taken its place. */
export type EndedKey = 'expired' | 'replaced';

export interface Rotation {
  /** Told this once and kept nowhere. */
  readonly key: string;
  /** From then on the older keys open nothing. Milliseconds since 1970. */
  readonly olderEndAtMs: number;
}

export interface ClientBook {
  /** What a client is held to now; null where it was revoked. */
  readonly termsOf: (id: string) => (ClientTerms & { readonly id: string }) | null;
  /** How many were ever made, revoked ones too. */
  readonly size: number;
  /** `malformed`: the text is no key of ours at all. Whoever holds a key that has ended is told so, and nobody else. */
  find(key: string): BookedClient | EndedKey | 'unknown' | 'malformed';
  /** Everybody in force, each once. */
  list(): readonly BookedClient[];
  /** One in force by the name that it was given; null when there is none. */
  named(name: string): BookedClient | null;
  /** The same, who comes in now by a way that asks for no key. */
  enter(name: string): BookedClient | null;
  /** The same client as it is now; null from the moment that it is revoked, or its time or its key's is over. */
  current(client: Pick<BookedClient, 'keyHash'>): BookedClient | null;
  /** Makes a client; its key is told this once and kept nowhere. */
  create(name: string, terms?: Partial<ClientTerms>): Promise<{ readonly id: string; readonly key: string }>;
  /** Its next requests are held to it. False, and nothing changed, where there is no such client, or it was revoked. */
  update(id: string, changes: ClientTermChanges): Promise<boolean>;
  /**
   * Gives a client a new key.
   * @param overlapMs for so long its older keys open yet
   * @returns null, and nothing changed, where there is no such client, or it was revoked or has expired
   */
  rotate(id: string, overlapMs: number): Promise<Rotation | null>;
  revoke(id: string): Promise<boolean>;
}

/** @param now milliseconds since 1970, by the clock on the wall */
export function openClientBook(store: ClientStore, now: () => number): ClientBook {
  return new Book(store, now);
}

const isOver = (endsAtMs: number | null, nowMs: number): boolean => endsAtMs !== null && endsAtMs <= nowMs;

/** What the gateway hands on as functions are properties of their own: they know whose they are. */
class Book implements ClientBook {
  readonly #store: ClientStore;
  readonly #now: () => number;
  readonly #byHash = new Map<string, BookedClient>();
  /** The terms of everybody who was not revoked. */
  readonly #byId = new Map<string, ClientTerms & { readonly id: string }>();
  #size: number;

  constructor(store: ClientStore, now: () => number) {
    this.#store = store;
    this.#now = now;
    const all = store.loadAll();
    this.#size = all.length;
    for (const { keys, createdAtMs: _, revokedAtMs, lastSeenAtMs: __, ...client } of all) {
      if (revokedAtMs !== null) continue;
      this.#byId.set(client.id, client);
      for (const { hash, endsAtMs } of keys) this.#byHash.set(hash, { ...client, keyEndsAtMs: endsAtMs, keyHash: hash });
    }
  }

  get size(): number {
    return this.#size;
  }

  readonly find = (key: string): ReturnType<ClientBook['find']> => {
    if (!isClientKey(key)) return 'malformed';
    const client = this.#byHash.get(hashClientKey(key));
    if (!client) return 'unknown';
    const nowMs = this.#now();
    if (isOver(client.expiresAtMs, nowMs)) return 'expired';
    if (isOver(client.keyEndsAtMs, nowMs)) return 'replaced';
    this.#store.touch(client.id, nowMs);
    return client;
  };

  readonly termsOf = (id: string): (ClientTerms & { readonly id: string }) | null => this.#byId.get(id) ?? null;

  readonly current = ({ keyHash }: Pick<BookedClient, 'keyHash'>): BookedClient | null => {
    const client = keyHash === null ? undefined : this.#byHash.get(keyHash);
    const nowMs = this.#now();
    return !client || isOver(client.expiresAtMs, nowMs) || isOver(client.keyEndsAtMs, nowMs) ? null : client;
  };

  readonly list = (): readonly BookedClient[] => {
    const nowMs = this.#now();
    const standing = [...this.#byId.values()].filter(({ expiresAtMs }) => !isOver(expiresAtMs, nowMs));
    return standing.map((client) => ({ ...client, keyEndsAtMs: null, keyHash: null }));
  };

  named(name: string): BookedClient | null {
    return this.list().find((client) => client.name === name) ?? null;
  }

  enter(name: string): BookedClient | null {
    const client = this.named(name);
    if (client) this.#store.touch(client.id, this.#now());
    return client;
  }

  async create(name: string, terms: Partial<ClientTerms> = {}): Promise<{ readonly id: string; readonly key: string }> {
    const { key, hash, prefix } = createClientKey();
    const client = { ...plainTerms, ...terms, id: `client_${randomUUID()}`, name };
    const createdAtMs = this.#now();
    const keys = [{ hash, prefix, createdAtMs, endsAtMs: null }];
    await this.#store.create({ ...client, keys, createdAtMs, revokedAtMs: null, lastSeenAtMs: null });
    this.#byId.set(client.id, client);
    this.#byHash.set(hash, { ...client, keyEndsAtMs: null, keyHash: hash });
    this.#size += 1;
    return { id: client.id, key };
  }

  async update(id: string, changes: ClientTermChanges): Promise<boolean> {
    if (!(await this.#store.update(id, changes))) return false;
    const said = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    const terms = this.#byId.get(id);
    if (terms) this.#byId.set(id, { ...terms, ...said });
    for (const [hash, client] of this.#keysOf(id)) this.#byHash.set(hash, { ...client, ...said });
    return true;
  }

  async rotate(id: string, overlapMs: number): Promise<Rotation | null> {
    const nowMs = this.#now();
    const terms = this.#byId.get(id);
    if (!terms || isOver(terms.expiresAtMs, nowMs)) return null;
    const { key, hash, prefix } = createClientKey();
    const olderEndAtMs = nowMs + overlapMs;
    if (!(await this.#store.addKey(id, { hash, prefix, createdAtMs: nowMs, endsAtMs: null }, olderEndAtMs))) return null;
    for (const [older, client] of this.#keysOf(id)) {
      const { keyEndsAtMs } = client;
      this.#byHash.set(older, { ...client, keyEndsAtMs: Math.min(keyEndsAtMs ?? olderEndAtMs, olderEndAtMs) });
    }
    // Revoked or changed while this was written down, it is what it has become.
    const client = this.#byId.get(id);
    if (!client) return null;
    this.#byHash.set(hash, { ...client, keyEndsAtMs: null, keyHash: hash });
    return { key, olderEndAtMs };
  }

  revoke(id: string): Promise<boolean> {
    this.#byId.delete(id);
    for (const [hash] of this.#keysOf(id)) this.#byHash.delete(hash);
    return this.#store.revoke(id);
  }

  #keysOf(id: string): [hash: string, client: BookedClient][] {
    return [...this.#byHash].filter(([, client]) => client.id === id);
  }
}
