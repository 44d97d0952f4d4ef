/** Writes an amount of US dollars, so that it looks the same in every window, tray, alert and refusal. */

const cents = new Intl.NumberFormat('en-GB', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const fine = new Intl.NumberFormat('en-GB', { minimumFractionDigits: 2, maximumFractionDigits: 4 });

/** Cents from a dollar on; below it four places, below a cent as many as say something: never 0 for what is not. */
export function formatUsd(amount: number): string {
  const size = Math.abs(amount);
  const sign = amount < 0 ? '−' : '';
  if (size === 0 || size >= 0.99995) return `${sign}$${cents.format(size)}`;
  if (size >= 0.01) return `${sign}$${fine.format(size)}`;
  if (size < 5e-7) return `${sign}under $0.000001`;
  return `${sign}$${size.toFixed(6).replace(/0+$/, '')}`;
}
