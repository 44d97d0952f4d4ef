/** Moments as sentences about money name them. Pure. */

/** By the clock on this machine's wall, in a form that reads the same everywhere: `2026-11-21 00:00`. */
export function momentWords(atMs: number): string {
  const at = new Date(atMs);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}
