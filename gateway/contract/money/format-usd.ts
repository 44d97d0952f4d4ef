/** Writes an amount of US dollars, so that it looks the same in every window, tray, alert and refusal. */

/** Cents, and below one cent as much as says something: `$8.10`, `$0.0042`. */
export function formatUsd(amount: number): string {
  if (amount === 0 || amount >= 0.01) return `$${amount.toFixed(2)}`;
  return `$${amount.toFixed(6).replace(/0+$/, '')}`;
}
