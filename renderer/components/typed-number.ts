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

/** Thousands as this window writes them: their commas say nothing. */
const withThousands = /^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/;

/** A lone comma that parts no thousands counts as a point; `$` and spaces around are passed over. */
export function readNumber(text: string, { least, most, whole = false, open = false }: Bounds): TypedNumber {
  const typed = text.trim().replace(/^\$\s*/, '');
  const bare = withThousands.test(typed) ? typed.replaceAll(',', '') : typed.replace(',', '.');
  const value = Number(bare);
  const fits = bare !== '' && Number.isFinite(value) && value <= most && (open ? value > least : value >= least);
  if (fits && (!whole || Number.isInteger(value))) return { ok: true, value };
  const kind = whole ? 'a whole number' : 'a number';
  return { ok: false, message: `must be ${kind} ${open ? 'above' : 'from'} ${spoken.format(least)} to ${spoken.format(most)}` };
}
