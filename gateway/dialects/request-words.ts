/** Where a format says what a policy may look at, and where it says what a policy may set. */
import type { ReasoningEffort } from '../chat/request.ts';
import type { NumberSetting } from '../chat/settings.ts';
import type { MediaPlaces } from './json/find-media.ts';

/** The names on the way to a field from the top, each in its spellings, the usual one first. */
export type Place = readonly (readonly string[])[];

/** Reads single fields of a request's bytes; the rest of them is not parsed. */
export interface FieldReader {
  /** The first of its spellings that says something; undefined where none does, or what stands there does not parse. */
  value(place: Place): unknown;
  /** What each of its spellings says: who reads the request may choose another than the first. */
  values(place: Place): readonly unknown[];
  /** Does a list with at least one item stand there? It is not parsed for that. */
  holdsItems(place: Place): boolean;
}

/** A field that is to stand in the request, its value as JSON. */
export interface WrittenField {
  readonly place: Place;
  readonly value: unknown;
}

/** A field and the beginning of its value, in both ways that programs put it: with a space behind the colon, and without. */
export function marksOf(name: string, value: string): readonly string[] {
  return [`"${name}":${value}`, `"${name}": ${value}`];
}

export interface EffortTarget {
  /** The model's name at the upstream: what it takes differs. */
  readonly model: string;
  /** The answer's limit as it will be sent; null for none. */
  readonly maxOutputTokens: number | null;
}

/** One format's words; what it has none for is null. */
export interface RequestWords {
  /** Every top-level name that is spoken of here: looked for in one go. */
  readonly names: readonly string[];
  readonly places: Readonly<Record<NumberSetting, Place | null>>;
  /** How hard to think: the fields to write, or null where this model cannot be told so. */
  writeEffort(effort: ReasoningEffort, target: EffortTarget, fields: FieldReader): readonly WrittenField[] | null;
  /** What a lower limit of the answer's length makes necessary beside itself. */
  readonly fitLength?: (maxOutputTokens: number, fields: FieldReader) => readonly WrittenField[];
  /** Does it say how hard to think, or that the model shall not? */
  saysReasoning(fields: FieldReader): boolean;
  /** Does it want thoughts? */
  wantsReasoning(fields: FieldReader): boolean;
  wantsSchema(fields: FieldReader): boolean;
  readonly tools: readonly Place[];
  /**
   * The request has an image where one of these stands in its bytes: a field with its value, as programs write them. They never
   * stand so in the words of a conversation, whose quotes are escaped; and images are too large to be parsed for this.
   */
  readonly imageMarks: readonly string[];
  /** Where it puts pictures, sounds and files, beside data URLs. */
  readonly media: MediaPlaces;
  /** Instructions beside the turns. */
  readonly instructions: Place | null;
  /** A text, or a list of turns; the first of these that stands. */
  readonly conversation: readonly Place[];
  readonly metadata: Place | null;
  /** Where it says how many answers it wants to be made. */
  readonly choices: readonly Place[];
  /** Where several texts may stand that are each answered. */
  readonly prompts?: Place;
}
