/** Numbers as people read them in sentences. */

/** `30,000`. */
export function grouped(count: number): string {
  const [whole = '', ...rest] = String(count).split('.');
  return [whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ','), ...rest].join('.');
}

/** `30,000 tokens`, `1 token`. */
export function tokens(count: number): string {
  return `${grouped(count)} ${count === 1 ? 'token' : 'tokens'}`;
}

/** `$0.05`, `$0.50`, `$0.00012`: two digits that say something. */
export function dollars(amount: number): string {
  if (amount === 0) return '$0';
  if (amount >= 0.1) return `$${amount.toFixed(2)}`;
  return `$${Number(amount.toPrecision(2))}`;
}

/** `850 ms`, `2.5 s`. */
export function duration(milliseconds: number): string {
  return milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : `${Number((milliseconds / 1_000).toPrecision(3))} s`;
}

/** `a`, `a or b`, `a, b or c`. */
export function either(words: readonly string[], link = 'or'): string {
  if (words.length <= 1) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} ${link} ${words.at(-1)}`;
}
