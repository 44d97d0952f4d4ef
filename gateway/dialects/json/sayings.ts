/** What a request says that a policy may look at, read from its bytes as far as it is asked for. */
import type { FieldReader, Place, RequestWords } from '../request-words.ts';
import { type Fields, isFields } from './fields.ts';

/** Every answer is found out when it is asked for. */
export interface RequestSayings {
  /** Null: nothing, or that there is no limit. */
  maxOutputTokens(): number | null;
  /** How many answers are made for it; 1 where it does not say. */
  choices(): number;
  tools(): boolean;
  images(): boolean;
  /** Does it want an answer by a JSON schema, or in JSON? */
  schema(): boolean;
  reasoning(): boolean;
  /** Texts by their names, numbers and truth values as they are written; lists and objects are left out. */
  metadata(): Readonly<Record<string, string>>;
  /** What the body itself calls its session; null for nothing. */
  session(): string | null;
  /** The first instructions and the first words of the user. */
  opening(): string;
  lastUserText(): string;
}

/** Of a request in a format that nothing is known of. */
export const nothingSaid: RequestSayings = {
  maxOutputTokens: () => null,
  choices: () => 1,
  tools: () => false,
  images: () => false,
  schema: () => false,
  reasoning: () => false,
  metadata: () => ({}),
  session: () => null,
  opening: () => '',
  lastUserText: () => '',
};

const sessionPlaces: readonly Place[] = [[['session_id']], [['prompt_cache_key']]];

/** Top-level names that every format is asked for. */
export const commonNames: readonly string[] = ['session_id', 'prompt_cache_key'];

/** @param holds whether these bytes stand in the request */
export function readSayings(words: RequestWords, fields: FieldReader, holds: (mark: string) => boolean): RequestSayings {
  const turns = (): readonly Turn[] => readTurns(fields, words);
  return {
    maxOutputTokens: () => limitOf(readLimit(words, fields)),
    choices: () =>
      countPrompts(words.prompts, fields) *
      Math.max(1, ...words.choices.map((place) => Math.ceil(readNumber(place, fields) ?? 1))),
    tools: () => words.tools.some((place) => fields.holdsItems(place)),
    images: () => words.imageMarks.some(holds),
    schema: () => words.wantsSchema(fields),
    reasoning: () => words.wantsReasoning(fields),
    metadata: () => textsIn(words.metadata === null ? null : fields.value(words.metadata)),
    session: () => firstText(fields),
    opening() {
      const all = turns();
      const system = all.find(({ role }) => role === 'system');
      const user = all.find(({ role }) => role === 'user');
      return system || user ? JSON.stringify([system?.text ?? '', user?.text ?? '']) : '';
    },
    lastUserText: () => turns().findLast(({ role }) => role === 'user')?.text ?? '',
  };
}

/** A list of numbers is one text, said in tokens. */
function countPrompts(place: Place | undefined, fields: FieldReader): number {
  const prompts = place === undefined ? null : fields.value(place);
  return Array.isArray(prompts) && typeof prompts[0] !== 'number' ? Math.max(1, prompts.length) : 1;
}

function limitOf(limit: number | undefined): number | null {
  return limit === undefined || !Number.isFinite(limit) ? null : limit;
}

/** Infinite for a limit below 1, which is none. */
export function readLimit({ places }: Pick<RequestWords, 'places'>, fields: FieldReader): number | undefined {
  const limit = readNumber(places.maxOutputTokens, fields);
  return limit !== undefined && limit < 1 ? Number.POSITIVE_INFINITY : limit;
}

/** A number, which some formats also take as text, the greatest of its spellings; undefined where none stands. */
export function readNumber(place: Place | null, fields: FieldReader): number | undefined {
  const said = place === null ? [] : fields.values(place).flatMap(numberIn);
  return said.length === 0 ? undefined : Math.max(...said);
}

function numberIn(value: unknown): number[] {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? [number] : [];
}

function firstText(fields: FieldReader): string | null {
  for (const place of sessionPlaces) {
    const value = fields.value(place);
    if (typeof value === 'string' && value !== '') return value;
  }
  return null;
}

function textsIn(value: unknown): Readonly<Record<string, string>> {
  if (!isFields(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, part]) => (isScalar(part) ? [[name, String(part)] as const] : [])),
  );
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

interface Turn {
  readonly role: 'system' | 'user' | 'other';
  readonly text: string;
}

function readTurns(fields: FieldReader, { instructions, conversation }: RequestWords): readonly Turn[] {
  const system = instructions === null ? undefined : fields.value(instructions);
  const turns = conversation.map((place) => fields.value(place)).find((value) => value !== undefined && value !== null);
  const first: Turn[] = system === undefined || system === null ? [] : [{ role: 'system', text: textIn(system) }];
  if (!Array.isArray(turns)) return [...first, { role: 'user', text: textIn(turns) }];
  return [...first, ...turns.map((turn) => ({ role: roleOf(turn), text: textIn(turn) }))];
}

/** A turn that names no role is the user's (Gemini, and a plain text). */
function roleOf(turn: unknown): Turn['role'] {
  const role = isFields(turn) ? (turn.role ?? (turn.type === undefined || turn.type === 'message' ? 'user' : 'other')) : 'user';
  if (role === 'system' || role === 'developer') return 'system';
  return role === 'user' ? 'user' : 'other';
}

/** The text of a turn, a part or a list of them, in whichever of the formats' shapes. */
function textIn(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(textIn).join('\n');
  if (!isFields(value)) return '';
  const { text, content, parts }: Fields = value;
  return typeof text === 'string' ? text : textIn(content ?? parts ?? '');
}
