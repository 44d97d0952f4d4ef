/** Numbers as people type them. Pure. */

export type TypedNumber = { readonly ok: true; readonly value: number } | { readonly ok: false; readonly message: string };

interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly whole?: boolean;
  /** May the least itself be typed? */
  readonly open?: boolean;
}

const spoken = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 9 });

/** No thousands begin with 0: who types `0,005` may mean a part of one. */
const thousands = /^[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/;
/** Not three digits behind it: those could be thousands. */
const decimalComma = /^\d*,(\d{1,2}|\d{4,})$/;

const wrongComma = {
  whole: 'must have commas only between thousands: 1,000',
  any: 'must have a point before decimals, and commas only between thousands: 1,000.50',
} as const;

/** `1,000` is a thousand and `1,5` is one and a half; any other comma is refused. `$` and spaces around are passed over. */
export function readNumber(text: string, { least, most, whole = false, open = false }: Bounds): TypedNumber {
  const bare = withoutCommas(text.trim().replace(/^\$\s*/, ''));
  if (bare === null) return { ok: false, message: whole ? wrongComma.whole : wrongComma.any };
  const value = Number(bare);
  const fits = bare !== '' && Number.isFinite(value) && value <= most && (open ? value > least : value >= least);
  if (fits && (!whole || Number.isInteger(value))) return { ok: true, value };
  const kind = whole ? 'a whole number' : 'a number';
  return { ok: false, message: `must be ${kind} ${open ? 'above' : 'from'} ${spoken.format(least)} to ${spoken.format(most)}` };
}

/** @returns null where nobody can say what a comma stands for */
function withoutCommas(text: string): string | null {
  if (!text.includes(',')) return text;
  if (thousands.test(text)) return text.replaceAll(',', '');
  return decimalComma.test(text) ? text.replace(',', '.') : null;
}
