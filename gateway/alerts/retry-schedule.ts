/** When a webhook that did not take an alert is asked again: a random part of a growing wait (full jitter). Pure. */

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** The most that is waited after each try: eight tries in all, the last within a day and a half. */
const longestWaitsMs: readonly number[] = [5 * second, minute, 10 * minute, hour, 4 * hour, 10 * hour, 20 * hour];

/**
 * @param tries how many there were, all in vain
 * @param random from 0 to below 1
 * @returns milliseconds to wait, at least a second; null when it is given up
 */
export function waitAfter(tries: number, random: number): number | null {
  const longest = longestWaitsMs[tries - 1];
  return longest === undefined ? null : Math.max(second, Math.round(random * longest));
}
