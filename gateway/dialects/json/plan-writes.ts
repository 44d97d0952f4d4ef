/** Finds out how fields come to stand in the bytes of a JSON object, with every other byte left as it is. */
import type { WrittenField } from '../request-words.ts';
import type { Edit } from './pieces.ts';
import { scanObject } from './place-reader.ts';
import type { FieldRange } from './scan-fields.ts';

const openBrace = 0x7b;
/** The first of `null`. */
const letterN = 0x6e;

/**
 * @param body one JSON object
 * @param writes no two of the same place
 * @returns edits in order, not overlapping. A field that stands in several spellings is written in each, since it is the
 * upstream that chooses; one that stands nowhere is put in under its usual name
 */
export function planWrites(body: Buffer, writes: readonly WrittenField[]): Edit[] {
  return planObject(body, { start: 0, end: body.length }, writes).sort((one, other) => one.start - other.start);
}

function planObject(body: Buffer, object: FieldRange, writes: readonly WrittenField[]): Edit[] {
  const groups = groupByName(writes);
  const names = groups.flatMap(({ spellings }) => spellings);
  const { fields, afterBrace, empty } = scanObject(body.subarray(object.start, object.end), names);
  const edits: Edit[] = [];
  const added: string[] = [];
  for (const { spellings, inner } of groups) {
    const found = spellings.flatMap((name) => fields.get(name) ?? []);
    for (const range of found) edits.push(...planField(body, shifted(range, object.start), inner));
    if (found.length === 0) added.push(`${JSON.stringify(spellings[0])}:${JSON.stringify(valueOf(inner))}`);
  }
  const place = object.start + afterBrace;
  if (added.length > 0) edits.push({ start: place, end: place, text: added.join(',') + (empty ? '' : ',') });
  return edits;
}

function planField(body: Buffer, range: FieldRange, inner: readonly WrittenField[]): Edit[] {
  const first = body[range.start];
  const isDeeper = inner.every(({ place }) => place.length > 0);
  if (isDeeper && first === openBrace) return planObject(body, range, inner);
  // What is no object where one belongs is its upstream's to refuse.
  if (isDeeper && first !== letterN) return [];
  return [{ ...range, text: JSON.stringify(valueOf(inner)) }];
}

interface Group {
  readonly spellings: readonly string[];
  /** What is written within, by the rest of its place. */
  readonly inner: WrittenField[];
}

function groupByName(writes: readonly WrittenField[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const { place, value } of writes) {
    const [spellings = [], ...rest] = place;
    const name = spellings[0] ?? '';
    const group = groups.get(name) ?? { spellings, inner: [] };
    group.inner.push({ place: rest, value });
    groups.set(name, group);
  }
  return [...groups.values()];
}

/** The value that a group comes to where nothing stands yet. */
function valueOf(inner: readonly WrittenField[]): unknown {
  const whole = inner.find(({ place }) => place.length === 0);
  if (whole) return whole.value;
  return Object.fromEntries(groupByName(inner).map((group) => [group.spellings[0], valueOf(group.inner)]));
}

function shifted({ start, end }: FieldRange, by: number): FieldRange {
  return { start: start + by, end: end + by };
}
