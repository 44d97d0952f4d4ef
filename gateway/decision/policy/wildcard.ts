/** Texts in which `*` stands for anything. */

export function compileWildcard(wildcard: string): (text: string) => boolean {
  if (!wildcard.includes('*')) return (text) => text === wildcard;
  const pieces = wildcard.split('*');
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  const between = pieces.slice(1, -1).filter((piece) => piece !== '');
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    const end = text.length - last.length;
    let from = first.length;
    // The leftmost place of each piece leaves the most room for the next: no other needs to be tried.
    for (const piece of between) {
      const found = text.indexOf(piece, from);
      if (found < 0 || found + piece.length > end) return false;
      from = found + piece.length;
    }
    return true;
  };
}
