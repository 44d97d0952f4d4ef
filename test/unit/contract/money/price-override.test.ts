/** A price that a person writes says a price: what it leaves out is never taken for free by accident. */
import { expect, test } from 'vitest';
import { priceOverrideSchema } from '../../../../gateway/contract/money/price.ts';

test.each([{}, { serviceTiers: { flex: 0.5 } }, { longContext: [] }])(
  '%j is refused: it would make a paid model free',
  (override) => {
    expect(priceOverrideSchema.safeParse(override).success).toBe(false);
  },
);

test.each([{ inputPerMillionUsd: 0 }, { perRequestUsd: 0.01, serviceTiers: { flex: 0.5 } }])('%j is a price', (override) => {
  expect(priceOverrideSchema.safeParse(override).success).toBe(true);
});
