/** Decides, before any route is looked at, whether a request may come in: one function, one fixed order. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { CallErrorKind } from '../contract/calls.ts';
import {
  allowedHostSet,
  checkRawHeaders,
  isAllowedHost,
  isJsonContentType,
  judgeOrigin,
  ownOriginSet,
  splitTarget,
} from '../contract/http-admission.ts';
import type { PageFile, Pages } from './pages.ts';

export const callPrefix = '/control/calls/';
export const eventsPath = '/control/events';

/** Bytes of JSON that a call may send; a config document may be larger. */
const bodyLimit = 1024 * 1024;
const configBodyLimit = 4 * 1024 * 1024;

export interface Refusal {
  readonly refused: true;
  readonly status: number;
  readonly kind: CallErrorKind;
  readonly message: string;
  /** The methods that the path has, on a 405. */
  readonly allow?: string;
}

export interface Admitted {
  readonly refused: false;
  readonly path: string;
  readonly query: string;
  /** Set when a file of the interface was asked for, which needs no token. */
  readonly page: PageFile | null;
}

export type Admit = (request: IncomingMessage) => Refusal | Admitted;

/** The largest body, in bytes, that a call's path takes. */
export function bodyLimitOf(path: string): number {
  return path === `${callPrefix}config.apply` ? configBodyLimit : bodyLimit;
}

/**
 * Makes the admission of one listener.
 * @param port the port really bound
 * @param token the control token; compared by its hash in constant time
 */
export function createAdmission(port: number, token: string, pages: Pages): Admit {
  const hosts = allowedHostSet(port);
  const origins = ownOriginSet(port);
  const isToken = tokenMatcher(token);
  return (request) => {
    const problem = checkRawHeaders(request.rawHeaders);
    if (problem !== null) return refuse(400, 'invalid', problem);
    const target = splitTarget(request.url ?? '');
    if (target === null) return refuse(400, 'invalid', 'The address can be read in more than one way; write it plainly.');
    if (!isAllowedHost(request.headers.host, hosts)) {
      return refuse(403, 'forbidden', `This host name is not served; use 127.0.0.1:${port} or localhost:${port}.`);
    }
    const page = pageFor(request, target.path, pages);
    if (!isOwnOrigin(request, origins, page)) {
      return refuse(403, 'forbidden', 'Requests from other web pages are not served.');
    }
    if (page !== null) return { refused: false, ...target, page };
    if (!isToken(request.headers.authorization)) {
      return refuse(401, 'unauthorized', 'The control token is missing or wrong; send it as "Authorization: Bearer <token>".');
    }
    return checkShape(request, target.path) ?? { refused: false, ...target, page: null };
  };
}

function pageFor(request: IncomingMessage, path: string, pages: Pages): PageFile | null {
  if (request.method !== 'GET' && request.method !== 'HEAD') return null;
  return pages.find(path, isNavigation(request));
}

/** A browser that opens an address in a tab or window. */
function isNavigation(request: IncomingMessage): boolean {
  const destination = request.headers['sec-fetch-dest'];
  return request.headers['sec-fetch-mode'] === 'navigate' && (destination === undefined || destination === 'document');
}

/** Another site may only do one thing: lead a person to the page by a link. */
function isOwnOrigin(request: IncomingMessage, origins: ReadonlySet<string>, page: PageFile | null): boolean {
  const { origin, 'sec-fetch-site': fetchSite } = request.headers;
  const site = typeof fetchSite === 'string' ? fetchSite : undefined;
  if (judgeOrigin(origin, site, origins) !== 'foreign') return true;
  return origin === undefined && page !== null && page.isDocument && request.method === 'GET' && isNavigation(request);
}

function tokenMatcher(token: string): (authorization: string | undefined) => boolean {
  const expected = createHash('sha256').update(token).digest();
  return (authorization) => {
    const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
    return timingSafeEqual(createHash('sha256').update(given).digest(), expected);
  };
}

/** Method, content type and announced size; only someone with the token learns about these. */
function checkShape(request: IncomingMessage, path: string): Refusal | null {
  if (path === eventsPath) return request.method === 'GET' ? null : refuseMethod('GET');
  if (!path.startsWith(callPrefix)) return null;
  if (request.method !== 'POST') return refuseMethod('POST');
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    return refuse(415, 'invalid', 'A call is sent without compression; leave Content-Encoding out.');
  }
  if (!isJsonContentType(request.headers['content-type'])) {
    return refuse(415, 'invalid', 'A call is sent as JSON; set Content-Type to application/json.');
  }
  if (Number(request.headers['content-length'] ?? 0) > bodyLimitOf(path)) return tooLarge(path);
  return null;
}

/** The refusal of a body over its limit. */
export function tooLarge(path: string): Refusal {
  return refuse(413, 'invalid', `The call is larger than ${bodyLimitOf(path) / 1024 / 1024} MiB; send less at once.`);
}

function refuseMethod(allow: string): Refusal {
  return { ...refuse(405, 'invalid', `This address only answers ${allow}.`), allow };
}

function refuse(status: number, kind: CallErrorKind, message: string): Refusal {
  return { refused: true, status, kind, message };
}
