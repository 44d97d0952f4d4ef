/** Puts fields into the bytes of a JSON object where they are not said, with every other byte left as it is. */
import type { WrittenField } from '../request-words.ts';
import { editPieces, joinForReading } from './pieces.ts';
import { placeReader } from './place-reader.ts';
import { planWrites } from './plan-writes.ts';

/** @param fields what stands there already, null aside, is left as it is */
export function fillIn(pieces: readonly Buffer[], fields: readonly WrittenField[]): readonly Buffer[] {
  const names = [...new Set(fields.flatMap(({ place }) => place[0] ?? []))];
  const said = placeReader(() => joinForReading(pieces), names);
  const missing = fields.filter(({ place }) => (said.value(place) ?? null) === null);
  return missing.length === 0 ? pieces : editPieces(pieces, planWrites(joinForReading(pieces), missing));
}
