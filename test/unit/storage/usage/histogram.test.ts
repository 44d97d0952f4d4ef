/** Distributions: how near their percentiles come, and that adding up loses nothing. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Histogram } from '../../../../gateway/storage/usage/histogram.ts';

const duration = fc.oneof(
  fc.double({ min: 0.05, max: 1e3, noNaN: true }),
  fc.double({ min: 1, max: 3.6e6, noNaN: true }),
  fc.constantFrom(0.05, 0.0525, 1, 1000),
);

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.add(value);
  return histogram;
}

/** The value at the nearest rank. */
function exact(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}

test('percentiles are within 2.5 % of the exact ones; count, ends and mean are exact', () => {
  fc.assert(
    fc.property(fc.array(duration, { minLength: 1, maxLength: 300 }), (values) => {
      const told = histogramOf(values).describe();
      expect(told).toMatchObject({ count: values.length, min: Math.min(...values), max: Math.max(...values) });
      expect(told?.mean).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / values.length, 6);
      for (const [name, share] of [
        ['p50', 0.5],
        ['p95', 0.95],
        ['p99', 0.99],
      ] as const) {
        const right = exact(values, share);
        expect(Math.abs((told?.[name] ?? 0) - right) / right).toBeLessThanOrEqual(0.025);
      }
    }),
  );
});

test('parts that were written and added up tell what all values together tell', () => {
  fc.assert(
    fc.property(fc.array(fc.array(duration, { minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 8 }), (parts) => {
      const merged = new Histogram();
      for (const part of parts) merged.addPart(histogramOf(part).part());
      const whole = histogramOf(parts.flat()).describe();
      expect({ ...merged.describe(), mean: 0 }).toEqual({ ...whole, mean: 0 });
      expect(merged.describe()?.mean).toBeCloseTo(whole?.mean ?? 0, 6);
    }),
  );
});

test('two texts in a row are the text of their sum', () => {
  fc.assert(
    fc.property(fc.array(duration, { minLength: 1 }), fc.array(duration, { minLength: 1 }), (some, others) => {
      const [one, other] = [histogramOf(some).part(), histogramOf(others).part()];
      const merged = new Histogram();
      const ends = { min: Math.min(one.min, other.min), max: Math.max(one.max, other.max), sum: one.sum + other.sum };
      merged.addPart({ bins: one.bins + other.bins, ...ends });
      expect(merged.part().bins).toBe(histogramOf([...some, ...others]).part().bins);
    }),
  );
});

test('many of one value take a few characters, and are all there again', () => {
  const many = histogramOf(Array.from({ length: 20_000 }, () => 12));
  for (let round = 0; round < 4; round += 1) many.addPart(many.part());
  expect(many.part().bins.length).toBeLessThan(8);
  const read = new Histogram();
  read.addPart(many.part());
  expect(read.describe()).toEqual({ count: 320_000, min: 12, max: 12, mean: 12, p50: 12, p95: 12, p99: 12 });
});

test('nothing is no distribution; what is beyond every bound keeps its own ends', () => {
  expect(new Histogram().describe()).toBeNull();
  expect(histogramOf([0]).describe()).toMatchObject({ min: 0, max: 0, p50: 0, p99: 0 });
  expect(histogramOf([1e15]).describe()).toMatchObject({ count: 1, p50: 1e15 });
});
