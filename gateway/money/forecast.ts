/** What a period will come to if it goes on as such hours went before. */

/** What was spent in an hour of the past. */
export interface SpentHour {
  /** Milliseconds since 1970. */
  readonly hourStartsAtMs: number;
  readonly nanoUsd: number;
}

export interface ForecastInput {
  /** What the period has come to already. */
  readonly settledNanoUsd: number;
  readonly nowMs: number;
  readonly endsAtMs: number;
  /** Of the days before now, in order; hours without any request may be missing. */
  readonly hours: readonly SpentHour[];
}

/** How far back spending is looked at. */
export const forecastHistoryMs = 28 * 86_400_000;

const hourMs = 3_600_000;
const hoursOfDay = 24;
const hoursOfWeek = 168;
/** With so much history each hour of the week was seen twice. */
const weeklyAfterHours = 2 * hoursOfWeek;

/**
 * Adds to what is settled what each hour left has cost on average: the same hour of the day, with two weeks of history the same hour
 * of the week. Hours are those of this machine's clock; the present one is not history yet.
 * @returns nano-dollars; null with less than a day of history
 */
export function forecastSpend({ settledNanoUsd, nowMs, endsAtMs, hours }: ForecastInput): number | null {
  const first = hours[0]?.hourStartsAtMs ?? nowMs;
  const past = Math.floor((nowMs - first) / hourMs);
  if (past < hoursOfDay) return null;
  const slots = past < weeklyAfterHours ? hoursOfDay : hoursOfWeek;
  const seen = new Float64Array(slots);
  const spent = new Float64Array(slots);
  for (let hour = 0; hour < past; hour += 1) count(seen, slotOf(first + hour * hourMs, slots), 1);
  for (const { hourStartsAtMs, nanoUsd } of hours) {
    if (hourStartsAtMs + hourMs <= nowMs) count(spent, slotOf(hourStartsAtMs, slots), nanoUsd);
  }
  let expected = settledNanoUsd;
  for (let atMs = nowMs; atMs < endsAtMs; ) {
    // An hour of the calendar may end within one of ours: both steps are short enough to see it.
    const nextMs = Math.min(Math.floor(atMs / hourMs + 1) * hourMs, endsAtMs);
    const slot = slotOf(atMs, slots);
    const average = (spent[slot] ?? 0) / Math.max(seen[slot] ?? 0, 1);
    expected += average * ((nextMs - atMs) / hourMs);
    atMs = nextMs;
  }
  return Math.round(expected);
}

function count(slots: Float64Array, slot: number, amount: number): void {
  slots[slot] = (slots[slot] ?? 0) + amount;
}

function slotOf(atMs: number, slots: number): number {
  const at = new Date(atMs);
  return slots === hoursOfDay ? at.getHours() : at.getDay() * hoursOfDay + at.getHours();
}
