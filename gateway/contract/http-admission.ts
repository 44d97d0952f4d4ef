/** The pure first checks of every HTTP request, used by both listeners: raw headers, target, Host, Origin, content type. */

/** Bits for the headers that may come once at most. */
const hostBit = 1;
const transferEncodingBit = 256;

/** Which bit a header's name has; 0 for a header that may repeat. The length is looked at first: most names stop there. */
function bitOf(name: string): number {
  switch (name.length) {
    case 4:
      return name.toLowerCase() === 'host' ? hostBit : 0;
    case 6:
      return name.toLowerCase() === 'origin' ? 2 : 0;
    case 7:
      return name.toLowerCase() === 'api-key' ? 4 : 0;
    case 9:
      return name.toLowerCase() === 'x-api-key' ? 8 : 0;
    case 12:
      return name.toLowerCase() === 'content-type' ? 16 : 0;
    case 13:
      return name.toLowerCase() === 'authorization' ? 32 : 0;
    case 14:
      return bitOfFourteen(name.toLowerCase());
    case 17:
      return name.toLowerCase() === 'transfer-encoding' ? transferEncodingBit : 0;
    default:
      return 0;
  }
}

function bitOfFourteen(lowerName: string): number {
  if (lowerName === 'content-length') return 64;
  return lowerName === 'x-goog-api-key' ? 128 : 0;
}

/**
 * Checks what Node's parser lets through silently: it keeps the first of two Hosts or two Authorizations.
 * @param rawHeaders name, value, name, value, … as `IncomingMessage.rawHeaders`
 * @returns what is wrong (answer 400), or null
 */
export function checkRawHeaders(rawHeaders: readonly string[]): string | null {
  let seen = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const bit = bitOf(name);
    if (bit === 0) continue;
    if ((seen & bit) !== 0) return `The header ${name.toLowerCase()} was sent twice; send it once.`;
    seen |= bit;
    // Node reads `gzip, chunked` as chunked: the body would be taken for something it is not.
    if (bit === transferEncodingBit && rawHeaders[index + 1]?.toLowerCase() !== 'chunked') {
      return 'The header transfer-encoding may only say chunked; send the body as it is.';
    }
  }
  return (seen & hostBit) === 0 ? 'The header host is missing; send it once.' : null;
}

/** A request target's two halves as they were sent, not decoded; `query` is without its question mark. */
/** What every call to a provider carries and a request that comes back is known by: an id of the gateway's process. */
export const hopHeader = 'x-gatehouse-hop';

export interface TargetParts {
  readonly path: string;
  readonly query: string;
}

const slash = 0x2f;
const dot = 0x2e;
const percent = 0x25;
const questionMark = 0x3f;
const backslash = 0x5c;
const hash = 0x23;

/** SDKs write a model id's slash as %2F; only after one of these may a path hold one. */
const modelPrefixes = ['/v1/models/', '/v1beta/models/', '/v1alpha/models/'];

/**
 * Splits a request target, if there is only one way to read it.
 * @returns null (answer 400) for absolute form, empty or dot segments (also percent-encoded), encoded slashes outside a
 * model id, backslashes, control characters, characters that are not ASCII, broken escapes and fragments
 */
export function splitTarget(target: string): TargetParts | null {
  const end = pathEnd(target);
  if (end <= 0) return null;
  const query = end < target.length ? target.slice(end + 1) : '';
  if (query !== '' && !isPlainQuery(query)) return null;
  return { path: end < target.length ? target.slice(0, end) : target, query };
}

/** Walks the path once; returns where it ends, or -1 when it is not canonical. */
function pathEnd(target: string): number {
  if (target.charCodeAt(0) !== slash) return -1;
  // `dots` counts a segment's characters while all of them are dots; 3 says that it holds something else, or more.
  let dots = 0;
  let length = 0;
  let highBytes = false;
  let index = 1;
  for (; index < target.length; index += 1) {
    let code = target.charCodeAt(index);
    if (code === questionMark) break;
    if (code <= 0x20 || code >= 0x7f || code === backslash || code === hash) return -1;
    if (code === percent) {
      code = escapedByte(target, index);
      if (code < 0 || (code === slash && !modelPrefixes.some((prefix) => target.startsWith(prefix)))) return -1;
      highBytes ||= code >= 0x80;
      index += 2;
    }
    if (code === slash) {
      if (length === 0 || dots === 1 || dots === 2) return -1;
      dots = 0;
      length = 0;
      continue;
    }
    length += 1;
    dots = code === dot && dots === length - 1 ? length : 3;
  }
  if (dots === 1 || dots === 2) return -1;
  return highBytes && !isDecodable(target.slice(0, index)) ? -1 : index;
}

/** The byte that `%XX` at `index` stands for; -1 when it is broken, a control character or a backslash. */
function escapedByte(target: string, index: number): number {
  const high = hexDigit(target.charCodeAt(index + 1));
  const low = hexDigit(target.charCodeAt(index + 2));
  if (high < 0 || low < 0) return -1;
  const byte = high * 16 + low;
  return byte < 0x20 || byte === 0x7f || byte === backslash ? -1 : byte;
}

/** A digit's worth; -1 for anything else, NaN (past the end) included. */
function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function isDecodable(path: string): boolean {
  try {
    // The result must count for something: the build takes a call whose result nobody uses for one that does nothing.
    return decodeURIComponent(path) !== '';
  } catch {
    return false;
  }
}

/** A query may hold slashes and their escapes; only what no client writes is refused. */
function isPlainQuery(query: string): boolean {
  for (let index = 0; index < query.length; index += 1) {
    const code = query.charCodeAt(index);
    if (code <= 0x20 || code >= 0x7f || code === backslash || code === hash) return false;
    if (code === percent && query.charCodeAt(index + 1) === 0x30 && query.charCodeAt(index + 2) === 0x30) return false;
  }
  return true;
}

/**
 * The values of Host under which a loopback listener answers.
 * @param port the port really bound
 * @param configured further names in lower case, with a port or without (then with this port, or behind a proxy, bare)
 */
export function allowedHostSet(port: number, configured: readonly string[] = []): ReadonlySet<string> {
  const hosts = new Set<string>();
  for (const name of ['127.0.0.1', 'localhost', '[::1]']) {
    hosts.add(`${name}:${port}`);
    if (port === 80) hosts.add(name);
  }
  for (const name of configured) {
    hosts.add(name);
    if (!/:\d+$/.test(name)) hosts.add(`${name}:${port}`);
  }
  return hosts;
}

/** Is this exactly one of the listener's own names? (Upper and lower case are the same host.) */
export function isAllowedHost(host: string | undefined, allowed: ReadonlySet<string>): boolean {
  if (host === undefined || host === '') return false;
  return allowed.has(host) || allowed.has(host.toLowerCase());
}

/** The origins that a page served by a loopback listener on this port has. */
export function ownOriginSet(port: number): ReadonlySet<string> {
  const suffix = port === 80 ? '' : `:${port}`;
  return new Set([`http://127.0.0.1${suffix}`, `http://localhost${suffix}`]);
}

export type OriginVerdict = 'none' | 'allowed' | 'foreign';

/**
 * Judges where a browser says a request comes from. Origins are compared byte for byte, never by prefix.
 * @param fetchSite the header Sec-Fetch-Site, which only browsers send
 */
export function judgeOrigin(
  origin: string | undefined,
  fetchSite: string | undefined,
  allowed: ReadonlySet<string>,
): OriginVerdict {
  if (origin !== undefined) return allowed.has(origin) ? 'allowed' : 'foreign';
  if (fetchSite === undefined || fetchSite === 'same-origin' || fetchSite === 'none') return 'none';
  return 'foreign';
}

/** Is this `application/json`, with or without parameters? */
export function isJsonContentType(contentType: string | undefined): boolean {
  if (contentType === undefined) return false;
  if (contentType === 'application/json') return true;
  const semicolon = contentType.indexOf(';');
  const type = semicolon < 0 ? contentType : contentType.slice(0, semicolon);
  return type.trim().toLowerCase() === 'application/json';
}
