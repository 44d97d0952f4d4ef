/** Finds pictures, sounds and files in the bytes of a request, and those that it only names; nothing is parsed for that. */
import { type MediaKind, mediaKindOf, type MediaPart, type Pixels } from '../../chat/request-size.ts';
import { countSaid, fieldNameBefore, type FoundString, siblingsOf, skipSpace, stringsNamed } from './find-strings.ts';
import { readPixels } from './image-pixels.ts';

/** Where a format puts media, beside data URLs. */
export interface MediaPlaces {
  /** Fields that hold base64 where this stands beside them; without its mark a request has none. */
  readonly base64?: { readonly field: string; readonly beside: RegExp; readonly mark?: string };
  /** A field with a list of pictures in base64. */
  readonly pictureList?: string;
  /** Fields that hold an address. */
  readonly addresses?: readonly string[];
  /** What the `type` of a part with media says. A part without data names what stands elsewhere. */
  readonly types?: readonly (readonly [type: string, kind: MediaKind])[];
  /** What the `type` of such a part's source says, where it has one. */
  readonly elsewhere?: readonly string[];
}

export interface FoundMedia {
  readonly parts: readonly MediaPart[];
  /** Bytes of the body that are data of media. */
  readonly dataBytes: number;
}

/** Data in base64, as it stands in the body. */
interface FoundData {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** @param body good for the length of this call */
export function findMedia(body: Buffer, places: MediaPlaces): FoundMedia {
  const data = [...dataUrls(body), ...base64Fields(body, places), ...pictureList(body, places)];
  const here = data.map((found) => partOf(body, found));
  const parts = [...here, ...addressedParts(body, places), ...namedParts(body, places, here)];
  return { parts, dataBytes: data.reduce((sum, { start, end }) => sum + end - start, 0) };
}

const mark = Buffer.from(';base64,');
const quote = 0x22;
const openBracket = 0x5b;
/** From the quote to the mark stands `data:` and a media type: never more than this. */
const longestStart = 128;
/** In these a whole data URL is no media but what somebody said. */
const textFields = new Set(['text', 'content', 'arguments', 'input', 'output', 'prompt', 'instructions']);

/** Data URLs (RFC 2397) that are a whole string; in the middle of a text they are text. */
function dataUrls(body: Buffer): FoundData[] {
  const found: FoundData[] = [];
  let at = body.indexOf(mark);
  while (at !== -1) {
    const start = at + mark.length;
    const type = dataUrlType(body, at);
    const end = type === null ? start : endOfString(body, start);
    if (type !== null) found.push({ type, start, end });
    at = body.indexOf(mark, end);
  }
  return found;
}

/** @returns its media type; null where no data URL begins, or one that is text */
function dataUrlType(body: Buffer, markAt: number): string | null {
  const from = Math.max(0, markAt - longestStart);
  const start = body.subarray(from, markAt);
  const open = start.lastIndexOf(quote);
  const head = start.toString('latin1', open + 1);
  if (!head.startsWith('data:')) return null;
  return textFields.has(fieldNameBefore(body, from + open) ?? '') ? null : head.slice('data:'.length);
}

function endOfString(body: Buffer, start: number): number {
  const end = body.indexOf(quote, start);
  return end === -1 ? body.length : end;
}

const dataUrlStart = Buffer.from('data:');
const typeBeside = /"(?:media_type|mime_?type|format)"\s*:\s*"([^"]*)"/i;

function base64Fields(body: Buffer, { base64 }: MediaPlaces): FoundData[] {
  if (!base64 || (base64.mark !== undefined && !body.includes(base64.mark))) return [];
  return stringsNamed(body, base64.field).flatMap((found) => {
    const siblings = siblingsOf(body, found);
    if (!base64.beside.test(siblings) || beginsDataUrl(body, found)) return [];
    return [{ type: typeBeside.exec(siblings)?.[1] ?? '', start: found.start, end: found.end }];
  });
}

function beginsDataUrl(body: Buffer, { start }: FoundString): boolean {
  return body.subarray(start, start + dataUrlStart.length).equals(dataUrlStart);
}

function pictureList(body: Buffer, { pictureList: field }: MediaPlaces): FoundData[] {
  if (field === undefined) return [];
  const name = Buffer.from(`"${field}"`);
  const found: FoundData[] = [];
  for (let at = body.indexOf(name); at !== -1; at = body.indexOf(name, at + name.length)) {
    let next = skipSpace(body, skipSpace(body, at + name.length) + 1);
    if (body[next] !== openBracket) continue;
    for (next = skipSpace(body, next + 1); body[next] === quote; next = skipSpace(body, skipSpace(body, next) + 1)) {
      const end = endOfString(body, next + 1);
      found.push({ type: 'image/*', start: next + 1, end });
      next = end + 1;
    }
  }
  return found;
}

function partOf(body: Buffer, found: FoundData): MediaPart {
  const kind = mediaKindOf(found.type);
  const bytes = Math.floor(((found.end - found.start) * 3) / 4);
  return { kind, bytes, pixels: kind === 'image' ? pixelsIn(body, found) : null };
}

/** Enough for most formats, and for a JPEG behind what its camera wrote into it; each a multiple of four. */
const headCharacters = [256, 262_144];

function pixelsIn(body: Buffer, { start, end }: FoundData): Pixels | null {
  for (const length of headCharacters) {
    const pixels = readPixels(Buffer.from(body.toString('latin1', start, Math.min(end, start + length)), 'base64'));
    if (pixels !== null || start + length >= end) return pixels;
  }
  return null;
}

function addressedParts(body: Buffer, { addresses = [] }: MediaPlaces): MediaPart[] {
  return addresses.flatMap((field) =>
    stringsNamed(body, field).map((found) => elsewhere(mediaKindOf(typeBeside.exec(siblingsOf(body, found))?.[1] ?? ''))),
  );
}

/** What is named by its part's type and has no data here. */
function namedParts(body: Buffer, places: MediaPlaces, here: readonly MediaPart[]): MediaPart[] {
  const { types = [], elsewhere: sources } = places;
  const most = sources?.reduce((sum, source) => sum + countSaid(body, 'type', source), 0);
  if (most === 0) return [];
  const named = types.flatMap(([type, kind]) => {
    const withData = here.filter((part) => part.kind === kind).length;
    return Array<MediaPart>(Math.max(0, countSaid(body, 'type', type) - withData)).fill(elsewhere(kind));
  });
  return named.slice(0, most);
}

function elsewhere(kind: MediaKind): MediaPart {
  return { kind, bytes: null, pixels: null };
}
