/** Prices that rows were computed by, each kept once: a row names its own by a number. */
import type { Database } from 'better-sqlite3';
import { type Price, priceSchema } from '../contract/money/price.ts';

export interface PriceRows {
  /** Keeps the price when it is new. To be called in the transaction of its row. */
  idOf(price: Price | null): number | null;
}

/** Prepares the statements, once for each connection that writes. */
export function preparePriceRows(database: Database): PriceRows {
  const insert = database.prepare<[string]>('INSERT INTO prices (priceJson) VALUES (?) ON CONFLICT (priceJson) DO NOTHING');
  const find = database.prepare<[string], number>('SELECT id FROM prices WHERE priceJson = ?').pluck();
  const texts = new WeakMap<Price, string>();
  // Asked each time whether it is still there: the transaction that kept it may have been undone.
  return {
    idOf(price) {
      if (price === null) return null;
      const text = texts.get(price) ?? JSON.stringify(price);
      texts.set(price, text);
      const known = find.get(text);
      if (known !== undefined) return known;
      insert.run(text);
      return find.get(text) ?? null;
    },
  };
}

/** A price that an older program wrote in another shape is left out, not shown wrong. */
export function readPrice(json: string | null): Price | null {
  if (json === null) return null;
  const parsed = priceSchema.safeParse(JSON.parse(json));
  return parsed.success ? parsed.data : null;
}
