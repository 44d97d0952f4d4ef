/** Colours of series: a provider has the hue of its kind, everything else one by its name, the same in every chart. Pure. */

/** Reads well beside its neighbours on the ground of both themes. */
const shade = (hue: number, step: number) =>
  `light-dark(hsl(${hue} 52% ${step % 2 === 0 ? 42 : 58}%), hsl(${hue} 50% ${step % 2 === 0 ? 62 : 46}%))`;

/** Of what has no name, and of all that are too small to be drawn alone. */
export const restColour = 'light-dark(hsl(220 6% 62%), hsl(220 6% 45%))';

const hues = [212, 28, 150, 340, 265, 50, 185, 305, 95, 8, 235, 128];

/** Small, and the same on every machine. */
function hashOf(text: string): number {
  let hash = 2_166_136_261;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 16_777_619);
  return hash >>> 0;
}

/**
 * @param hueOf the hue that a name has of its own; null where it has none
 * @returns by id; two ids of one list never have the same colour while there are colours left
 */
export function coloursOf(ids: readonly string[], hueOf: (id: string) => number | null): ReadonlyMap<string, string> {
  const colours = new Map<string, string>();
  const taken = new Set<string>();
  const slots = hues.length * 2;
  const byHash = (id: string, turn: number) => {
    const slot = (hashOf(id) + turn) % slots;
    return shade(hues[slot % hues.length] ?? 0, Math.floor(slot / hues.length));
  };
  // By name, so that what is spent today does not change who gives way.
  for (const id of ids.toSorted()) {
    const hue = hueOf(id);
    let colour = id === '' ? restColour : hue === null ? byHash(id, 0) : shade(hue, 0);
    for (let turn = 1; id !== '' && taken.has(colour) && turn <= slots; turn += 1) {
      colour = hue === null ? byHash(id, turn) : shade((hue + turn * 47) % 360, turn);
    }
    taken.add(colour);
    colours.set(id, colour);
  }
  return colours;
}
