/** Picks a number that a JSON schema's number rules accept. */

export interface NumberRules {
  readonly minimum?: unknown;
  readonly maximum?: unknown;
  readonly exclusiveMinimum?: unknown;
  readonly exclusiveMaximum?: unknown;
  readonly multipleOf?: unknown;
}

interface Bounds {
  readonly low: number;
  readonly high: number;
  readonly lowOpen: boolean;
  readonly highOpen: boolean;
}

/**
 * One where it fits, else the nearest that does.
 * @param variant another number gives another result, as far as the rules leave room
 */
export function sampleNumber(rules: NumberRules, whole: boolean, variant: number): number {
  const bounds = readBounds(rules);
  const multiple = typeof rules.multipleOf === 'number' && rules.multipleOf > 0 ? rules.multipleOf : null;
  const step = multiple === null || (whole && !Number.isInteger(multiple)) ? wholeStep(multiple, whole) : multiple;
  return step === null ? sampleReal(bounds, variant) : sampleStep(bounds, step, variant);
}

/** Whole numbers that are multiples of a fraction: the multiples of its whole multiple, as 1 for 0.5. */
function wholeStep(multiple: number | null, whole: boolean): number | null {
  if (!whole) return null;
  return multiple === null ? 1 : ([...Array(1000).keys()].map((index) => (index + 1) * multiple).find(Number.isInteger) ?? 1);
}

function sampleStep(bounds: Bounds, step: number, variant: number): number {
  const first = bounds.lowOpen ? Math.floor(bounds.low / step) + 1 : Math.ceil(bounds.low / step);
  const last = bounds.highOpen ? Math.ceil(bounds.high / step) - 1 : Math.floor(bounds.high / step);
  const start = clamp(1, first, last);
  const count = start + variant <= last ? start + variant : Math.max(first, start - variant);
  return tidy(clamp(count, first, last) * step);
}

function sampleReal(bounds: Bounds, variant: number): number {
  const { low, high, lowOpen } = bounds;
  if (fits(1, bounds) && fits(1 + variant, bounds)) return 1 + variant;
  if (!lowOpen && variant === 0 && Number.isFinite(low)) return low;
  if (Number.isFinite(low) && Number.isFinite(high)) return low + (high - low) / (variant + 2);
  return Number.isFinite(low) ? low + 1 + variant : high - 1 - variant;
}

function fits(value: number, { low, high, lowOpen, highOpen }: Bounds): boolean {
  return (lowOpen ? value > low : value >= low) && (highOpen ? value < high : value <= high);
}

/** `exclusiveMinimum` is a number today and was a flag beside `minimum` in draft 4. */
function readBounds(rules: NumberRules): Bounds {
  const low = strictest([rules.minimum, rules.exclusiveMinimum], Math.max, Number.NEGATIVE_INFINITY);
  const high = strictest([rules.maximum, rules.exclusiveMaximum], Math.min, Number.POSITIVE_INFINITY);
  return {
    low,
    high,
    lowOpen: rules.exclusiveMinimum === true || rules.exclusiveMinimum === low,
    highOpen: rules.exclusiveMaximum === true || rules.exclusiveMaximum === high,
  };
}

function strictest(values: readonly unknown[], pick: (...numbers: number[]) => number, otherwise: number): number {
  return pick(otherwise, ...values.filter((value) => typeof value === 'number'));
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, high));
}

/** 3 × 0.1 is 0.3 to everyone but a computer. */
function tidy(value: number): number {
  return Number(value.toPrecision(15));
}
