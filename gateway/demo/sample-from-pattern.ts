/** Writes a short text that a regular expression accepts. The whole is only read, never run: it is a stranger's. */

const longestPattern = 1000;
const longestSample = 10_000;
const deepestGroup = 32;

class Unsupported extends Error {}

interface Reader {
  readonly pattern: string;
  at: number;
  depth: number;
  /** How often a part is written that may be left out or repeated. */
  readonly repeat: number;
}

/**
 * Knows literals, classes, escapes, groups, alternatives (it takes the first), quantifiers and the anchors at the ends.
 * @param repeat how often a part is written that may be left out or repeated, as far as its quantifier allows
 * @returns null for what it does not know (look-around, back-references, word boundaries) or what would grow too long
 */
export function sampleFromPattern(pattern: string, repeat = 1): string | null {
  if (pattern.length > longestPattern) return null;
  const reader: Reader = { pattern, at: 0, depth: 0, repeat };
  try {
    const sample = readAlternatives(reader);
    return reader.at === pattern.length ? sample : null;
  } catch (error) {
    if (error instanceof Unsupported || error instanceof SyntaxError) return null;
    throw error;
  }
}

function readAlternatives(reader: Reader): string {
  if (reader.depth > deepestGroup) throw new Unsupported();
  const first = readSequence(reader);
  while (reader.pattern[reader.at] === '|') {
    reader.at += 1;
    readSequence(reader);
  }
  return first;
}

function readSequence(reader: Reader): string {
  let text = '';
  while (reader.at < reader.pattern.length && !'|)'.includes(reader.pattern.charAt(reader.at))) {
    const unit = readUnit(reader);
    const times = readTimes(reader);
    if (text.length + unit.length * times > longestSample) throw new Unsupported();
    text += unit.repeat(times);
  }
  return text;
}

function readUnit(reader: Reader): string {
  const character = takeCodePoint(reader);
  if (character === '(') return readGroup(reader);
  if (character === '[') return readClass(reader);
  if (character === '\\') return readEscape(reader);
  if (character === '.') return 'a';
  if (character === '^' || character === '$') return readAnchor(reader, character);
  if ('*+?{'.includes(character)) throw new Unsupported();
  return character;
}

/** In the middle of a text an anchor accepts nothing that could be written here. */
function readAnchor(reader: Reader, anchor: string): string {
  const before = reader.pattern.slice(0, reader.at - 1);
  const after = reader.pattern.slice(reader.at);
  const atEnd = anchor === '^' ? /^(?:.*\|)?\(*(?:\?:)?$/.test(before) : /^\)*(?:\||$)/.test(after);
  if (!atEnd) throw new Unsupported();
  return '';
}

function readGroup(reader: Reader): string {
  const special = /^\?(?::|<[A-Za-z_]\w*>)/.exec(reader.pattern.slice(reader.at, reader.at + 64));
  if (special) reader.at += special[0].length;
  else if (reader.pattern[reader.at] === '?') throw new Unsupported();
  reader.depth += 1;
  const text = readAlternatives(reader);
  reader.depth -= 1;
  if (takeCodePoint(reader) !== ')') throw new Unsupported();
  return text;
}

const escapes: Readonly<Record<string, string>> = {
  d: '1',
  w: 'a',
  s: ' ',
  D: 'a',
  W: '-',
  S: 'a',
  n: '\n',
  t: '\t',
  r: '\r',
  f: '\f',
  v: '\v',
};

function readEscape(reader: Reader): string {
  const character = takeCodePoint(reader);
  if (character === 'x') return readCodePoint(reader, 2);
  if (character === 'u') return readCodePoint(reader, 4);
  if (character === 'p' || character === 'P') return readProperty(reader, character);
  const known = escapes[character];
  if (known !== undefined) return known;
  if (/[A-Za-z0-9]/.test(character)) throw new Unsupported();
  return character;
}

function readCodePoint(reader: Reader, digits: number): string {
  const hex = reader.pattern.slice(reader.at, reader.at + digits);
  if (hex.length !== digits || !/^[0-9a-f]+$/i.test(hex)) throw new Unsupported();
  reader.at += digits;
  return String.fromCharCode(Number.parseInt(hex, 16));
}

/** One character of the usual Unicode properties: a letter, a capital, a digit. */
function readProperty(reader: Reader, letter: string): string {
  const name = /^\{(L|Ll|Lu|N|Nd)\}/.exec(reader.pattern.slice(reader.at, reader.at + 8));
  if (!name || letter === 'P') throw new Unsupported();
  reader.at += name[0].length;
  if (name[1] === 'Lu') return 'A';
  return name[1]?.startsWith('N') ? '1' : 'a';
}

/** The first member of a class, or, of a negated one, the first usual character that is no member. */
function readClass(reader: Reader): string {
  const negated = reader.pattern[reader.at] === '^';
  if (negated) reader.at += 1;
  const start = reader.at;
  let first: string | null = null;
  for (let character = takeCodePoint(reader); character !== ']'; character = takeCodePoint(reader)) {
    const member = character === '\\' ? readEscape(reader) : character;
    first ??= member;
  }
  if (!negated) return first ?? fail();
  const members = new RegExp(`[${reader.pattern.slice(start, reader.at - 1)}]`, 'u');
  return [...'a1A-_ .'].find((candidate) => !members.test(candidate)) ?? fail();
}

function readTimes(reader: Reader): number {
  const quantifier = /^(?:([*+?])|\{(\d{1,5})(,?)(\d{0,5})\})\??/.exec(reader.pattern.slice(reader.at, reader.at + 16));
  if (!quantifier) return 1;
  reader.at += quantifier[0].length;
  const [, sign, least = sign === '+' ? '1' : '0', comma, most = sign === '?' ? '1' : ''] = quantifier;
  const minimum = Number(least);
  if (!sign && comma !== ',') return minimum;
  return Math.max(minimum, most ? Math.min(reader.repeat, Number(most)) : reader.repeat);
}

function takeCodePoint(reader: Reader): string {
  const codePoint = reader.pattern.codePointAt(reader.at) ?? fail();
  const character = String.fromCodePoint(codePoint);
  reader.at += character.length;
  return character;
}

function fail(): never {
  throw new Unsupported();
}
