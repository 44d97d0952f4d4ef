/** Prices that rows were computed by, each kept once: a row names its own by a number. */
import type { Database } from 'better-sqlite3';
import { type Price, priceSchema } from '../contract/money/price.ts';

export interface PriceRows {
  /** Keeps the price when it is new. To be called in the transaction of its row. */
  idOf(price: Price | null): number | null;
  /** The transaction was undone, and with it what it kept. */
  rolledBack(): void;
}

/** Prepares the statements, once for each connection that writes. */
export function preparePriceRows(database: Database): PriceRows {
  const insert = database.prepare<[string]>('INSERT INTO prices (priceJson) VALUES (?) ON CONFLICT (priceJson) DO NOTHING');
  const find = database.prepare<[string], number>('SELECT id FROM prices WHERE priceJson = ?').pluck();
  let ids = new WeakMap<Price, number>();
  const keep = (price: Price): number | null => {
    const text = JSON.stringify(price);
    insert.run(text);
    const id = find.get(text) ?? null;
    if (id !== null) ids.set(price, id);
    return id;
  };
  return {
    idOf: (price) => (price === null ? null : (ids.get(price) ?? keep(price))),
    rolledBack() {
      ids = new WeakMap();
    },
  };
}

/** A price that an older program wrote in another shape is left out, not shown wrong. */
export function readPrice(json: string | null): Price | null {
  if (json === null) return null;
  const parsed = priceSchema.safeParse(JSON.parse(json));
  return parsed.success ? parsed.data : null;
}
