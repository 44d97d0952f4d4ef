/** What of a request's fields is to be written so that its settings are as the policy wants them. */
import { numberSettings, settledEffort, settledNumber, type SettingsChange } from '../../chat/settings.ts';
import type { FieldReader, Place, RequestWords, WrittenField } from '../request-words.ts';
import { readLimit, readNumber } from './sayings.ts';

export interface SettingsTarget {
  /** The model's name at the upstream. */
  readonly model: string;
  /** What it calls the answer's limit, where that is not the format's usual name. */
  readonly lengthField?: string | undefined;
}

export interface PlannedSettings {
  readonly writes: readonly WrittenField[];
  /** Settings that this format, or this model, has no word for. */
  readonly unsaid: readonly string[];
}

export function planSettings(
  words: RequestWords,
  fields: FieldReader,
  change: SettingsChange,
  target: SettingsTarget,
): PlannedSettings {
  const writes: WrittenField[] = [];
  const unsaid: string[] = [];
  const saidLimit = readLimit(words, fields);
  let limit = saidLimit;
  for (const name of numberSettings) {
    const place = words.places[name];
    const said = name === 'maxOutputTokens' ? limit : readNumber(place, fields);
    const value = settledNumber(name, said, change);
    if (value === undefined) continue;
    if (place === null) unsaid.push(name);
    else writes.push({ place: name === 'maxOutputTokens' ? named(place, target.lengthField, fields) : place, value });
    if (name === 'maxOutputTokens') limit = value;
  }
  const effort = settledEffort(words.saysReasoning(fields), change);
  if (effort !== undefined) {
    const maxOutputTokens = limit === undefined || limit === Number.POSITIVE_INFINITY ? null : limit;
    const written = words.writeEffort(effort, { model: target.model, maxOutputTokens }, fields);
    if (written === null) unsaid.push('reasoningEffort');
    else writes.push(...written);
  } else if (limit !== undefined && limit !== saidLimit) {
    writes.push(...(words.fitLength?.(limit, fields) ?? []));
  }
  return { writes, unsaid };
}

/** A field that stands nowhere yet is put in by the name that this upstream knows. */
function named(place: Place, name: string | undefined, fields: FieldReader): Place {
  const [spellings = []] = place;
  if (name === undefined || place.length > 1 || !spellings.includes(name) || fields.value(place) !== undefined) return place;
  return [[name]];
}
