/** Spoils JSON and streams in every way a broken or hostile server could, the same way for the same seed. */

/** Numbers from 0 up to, not including, `below`. */
export type Chance = (below: number) => number;

export function chanceOf(seed: number): Chance {
  let state = seed + 1;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

const junk: readonly unknown[] = [
  null,
  -1,
  0.5,
  1e300,
  '',
  '\ud800',
  'x',
  true,
  false,
  [],
  {},
  [null],
  [[]],
  { type: 'x' },
  { text: 5 },
  '__proto__',
  '{"a":',
  'stop',
  'error',
  2 ** 53,
];

/** Puts junk in the place of some part, or takes it out. */
export function spoil(value: unknown, chance: Chance): unknown {
  if (typeof value !== 'object' || value === null || chance(6) === 0) return junk[chance(junk.length)];
  const keys = Object.keys(value);
  const key = keys[chance(Math.max(1, keys.length))];
  if (key === undefined) return junk[chance(junk.length)];
  if (Array.isArray(value)) {
    if (chance(10) === 0) return value.toSpliced(Number(key), 1);
    return value.with(Number(key), spoil(value[Number(key)], chance));
  }
  const { [key]: inner, ...rest } = value as Readonly<Record<string, unknown>>;
  return chance(10) === 0 ? rest : { ...rest, [key]: spoil(inner, chance) };
}

/** Spoils the JSON of one frame, or the frame itself. */
function spoilFrame(frame: string, chance: Chance): string {
  const begin = frame.indexOf('{');
  const end = frame.lastIndexOf('}');
  if (begin === -1 || chance(12) === 0) return cutOrJumble(frame, chance);
  const spoiled: unknown = spoil(JSON.parse(frame.slice(begin, end + 1)), chance);
  return frame.slice(0, begin) + (JSON.stringify(spoiled) ?? 'null') + frame.slice(end + 1);
}

function cutOrJumble(frame: string, chance: Chance): string {
  const at = chance(frame.length);
  const ways = [
    frame.slice(0, at),
    frame + frame,
    frame.slice(0, at) + String.fromCharCode(chance(256)) + frame.slice(at + 1),
    '',
  ];
  return ways[chance(ways.length)] ?? '';
}

/** @returns the frames with so many of them spoiled, and now and then two in each other's place */
export function spoilStream(frames: readonly string[], count: number, chance: Chance): readonly string[] {
  const spoiled = [...frames];
  for (let done = 0; done < count; done += 1) {
    const at = chance(spoiled.length);
    const frame = frames[at] ?? '';
    spoiled[at] = spoilFrame(frame, chance);
    if (chance(8) === 0) {
      const other = chance(spoiled.length);
      [spoiled[at], spoiled[other]] = [spoiled[other] ?? '', spoiled[at] ?? ''];
    }
  }
  return spoiled;
}
