/** Admission: every request of the user's port, in one fixed order, before anything of it is acted on. */
import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../chat/error.ts';
import type { GatewayConfig } from '../contract/config.ts';
import {
  allowedHostSet,
  checkRawHeaders,
  hopHeader,
  isAllowedHost,
  isJsonContentType,
  judgeOrigin,
  splitTarget,
} from '../contract/http-admission.ts';
import { readBoundary, type RequestForm } from '../dialects/index.ts';
import type { ClientIdentity } from '../exchange/ports.ts';
import { isPreflight } from './cors.ts';
import { readCredential } from './credentials.ts';
import { type Door, findRoute, isOllamaPath, modelVerbs, pathMeant, type Route } from './routes.ts';
import type { WrongKeys } from './wrong-keys.ts';

/** Why a key that once was good opens nothing any more, and what its holder is told. */
const endedWords = {
  expired: 'This key of the gateway has expired; in its settings the key can be given a later end, or a new one be made.',
  replaced: 'This key of the gateway was replaced by a newer one, and its time is over; use the newer one.',
} as const;
type EndedKey = keyof typeof endedWords;

/** A client with what finds it again. */
export interface AdmittedClient extends ClientIdentity {
  /** Of the key that it came with. Not to be shown or logged. */
  readonly keyHash: string | null;
}

export interface AdmissionPolicy {
  readonly hosts: ReadonlySet<string>;
  readonly origins: ReadonlySet<string>;
  readonly requireKey: boolean;
  readonly bodyLimitBytes: number;
  /** The client of this key, or why it has ended; `malformed` when it is no key of ours at all, so that it cannot be a guess. */
  findClient(key: string): AdmittedClient | EndedKey | 'unknown' | 'malformed';
  /** Asked again when a body has arrived, which may be a minute after its key was read; null: its key opens nothing any more. */
  currentClient(client: Pick<AdmittedClient, 'keyHash'>): AdmittedClient | null;
  readonly wrongKeys: WrongKeys;
  /**
   * Of the port that belongs to one client: who that is, whatever key is sent, or why nobody may come in. Only what an Ollama
   * offers is offered there. Null elsewhere.
   */
  readonly resident: (() => AdmittedClient | GatewayError) | null;
  /** What our own calls to providers carry in `hopHeader`. */
  readonly hop: string;
}

/** Images in a request are normal: 32 MiB of them, in base64, and their conversation. */
const bodyLimitBytes = 64 * 1024 * 1024;

/** @param port the port really bound */
export function buildAdmissionPolicy(
  config: GatewayConfig,
  port: number,
  keys: Pick<AdmissionPolicy, 'findClient' | 'currentClient' | 'wrongKeys' | 'resident' | 'hop'>,
): AdmissionPolicy {
  return {
    hosts: allowedHostSet(port, config.listen.allowedHosts),
    origins: new Set(config.listen.allowedOrigins),
    requireKey: config.access.requireKey,
    bodyLimitBytes,
    ...keys,
  };
}

export type Admission =
  | {
      readonly verdict: 'refused';
      readonly error: GatewayError;
      readonly headers: readonly string[];
      readonly origin: string | undefined;
    }
  | { readonly verdict: 'preflight'; readonly origin: string; readonly methods: readonly string[] }
  | {
      readonly verdict: 'admitted';
      readonly door: Door;
      readonly client: AdmittedClient | null;
      readonly origin: string | undefined;
    };

/** Raw headers, circle, target, Host, Origin, key, route, method, content type, size: the first that fails answers. */
export function admit(request: IncomingMessage, policy: AdmissionPolicy): Admission {
  const { headers } = request;
  const headerProblem = checkRawHeaders(request.rawHeaders);
  // Where its body ends may be in doubt: nothing more is read from this connection.
  if (headerProblem !== null) return refuse(new GatewayError('bad-request', headerProblem), ['connection', 'close']);
  if (single(headers[hopHeader])?.includes(policy.hop)) return refuse(loopDetected(), ['x-should-retry', 'false']);
  const target = splitTarget(request.url ?? '');
  if (!target)
    return refuse(
      new GatewayError('bad-request', 'The request target is not in its plain form; send a path such as /v1/models.'),
    );
  if (!isAllowedHost(headers.host, policy.hosts)) {
    const words =
      'The Host of this request is not one of this gateway; use http://127.0.0.1 with its port, or add the name under listen.allowedHosts.';
    return refuse(new GatewayError('host-not-allowed', words));
  }
  const origin = judgeOrigin(headers.origin, single(headers['sec-fetch-site']), policy.origins);
  if (origin === 'foreign') {
    const words = 'This web page may not use the gateway; add its origin under listen.allowedOrigins if it should.';
    return refuse(new GatewayError('origin-not-allowed', words));
  }
  const isOffered = policy.resident === null || isOllamaPath(target.path);
  const route = isOffered ? findRoute(target.path, target.query) : null;
  if (isPreflight(request.method, headers)) {
    return { verdict: 'preflight', origin: headers.origin ?? '', methods: route?.methods ?? [] };
  }
  return admitKnown(request, policy, route, target.query);
}

/** From the key on: what a stranger is not told. */
function admitKnown(request: IncomingMessage, policy: AdmissionPolicy, route: Route | null, query: string): Admission {
  const { origin } = request.headers;
  const identified = identify(request, policy, query, route?.public === true);
  if (identified instanceof Refusal) return refuse(identified.error, identified.headers, origin);
  if (!route) return refuse(noSuchPath(splitTarget(request.url ?? '')?.path ?? ''), [], origin);
  const door = route.doors.get(request.method ?? '');
  if (!door) {
    const words = `This path answers ${route.methods.join(' and ')} only${route.doors.get('GET')?.kind === 'model' ? modelVerbWords : ''}.`;
    return refuse(new GatewayError('method-not-allowed', words), ['allow', route.methods.join(', ')], origin);
  }
  const forms = formsOf(door);
  const bodyProblem = forms === null ? null : checkBodyHeaders(request, forms, policy.bodyLimitBytes);
  if (bodyProblem) return refuse(bodyProblem, [], origin);
  return { verdict: 'admitted', door, client: identified.client, origin };
}

class Refusal {
  readonly error: GatewayError;
  readonly headers: readonly string[];

  constructor(error: GatewayError, headers: readonly string[]) {
    this.error = error;
    this.headers = headers;
  }
}

const challenge: readonly string[] = ['www-authenticate', 'Bearer realm="gatehouse"'];

/** The only place where a key becomes a client. */
function identify(
  request: IncomingMessage,
  policy: AdmissionPolicy,
  query: string,
  isPublic: boolean,
): { client: AdmittedClient | null } | Refusal {
  if (policy.resident !== null) return enterResident(policy.resident(), isPublic);
  const credential = readCredential(request.headers, query);
  if (credential.found === 'conflict') {
    return new Refusal(new GatewayError('bad-request', 'Two different keys were sent in one request; send one.'), []);
  }
  const client = credential.found === 'key' ? policy.findClient(credential.key) : 'malformed';
  if (typeof client === 'object') return { client };
  if (isPublic) return { client: null };
  // Whoever sends it held it when it was good, and must not come in as nobody, whom nothing is held to.
  if (client === 'expired' || client === 'replaced') return new Refusal(unauthorized(endedWords[client]), challenge);
  if (!policy.requireKey) return { client: null };
  const seconds = client === 'unknown' ? policy.wrongKeys.note(request.socket.remoteAddress ?? '') : null;
  if (seconds !== null) {
    const error = new GatewayError('too-many-wrong-keys', `Too many wrong keys; wait ${seconds} seconds.`);
    return new Refusal(error, ['retry-after', String(seconds), 'x-should-retry', 'false']);
  }
  return new Refusal(
    unauthorized('A key of this gateway is needed (llmgw_…), as Authorization: Bearer or x-api-key.'),
    challenge,
  );
}

/** A program that asks whether an Ollama is there is answered in any case. */
function enterResident(resident: AdmittedClient | GatewayError, isPublic: boolean): { client: AdmittedClient | null } | Refusal {
  if (!(resident instanceof GatewayError)) return { client: resident };
  return isPublic ? { client: null } : new Refusal(resident, []);
}

function unauthorized(words: string): GatewayError {
  return new GatewayError('unauthorized', words, { code: 'invalid_api_key' });
}

/** How the body of a request to this door may be written; null where none is read. */
function formsOf(door: Door): readonly RequestForm[] | null {
  if (door.kind === 'show') return ['json'];
  return door.kind === 'exchange' ? (door.dialect.endpoint?.requests ?? ['json']) : null;
}

/** What a body may be, and how its content type says so. */
const formWords: Readonly<Record<RequestForm, readonly [what: string, type: string]>> = {
  json: ['JSON', 'application/json'],
  multipart: ['a form', 'multipart/form-data with its boundary'],
};

function isOfForm(form: RequestForm, contentType: string | undefined): boolean {
  return form === 'json' ? isJsonContentType(contentType) : readBoundary(contentType) !== null;
}

function checkBodyHeaders({ headers }: IncomingMessage, forms: readonly RequestForm[], limitBytes: number): GatewayError | null {
  if (!forms.some((form) => isOfForm(form, headers['content-type']))) {
    const [whats, types] = [0, 1].map((place) => forms.map((form) => formWords[form][place]).join(' or '));
    return new GatewayError('unsupported-media-type', `The body must be ${whats}; send Content-Type: ${types}.`);
  }
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    return new GatewayError('unsupported-media-type', 'The body must not be compressed; leave Content-Encoding out.');
  }
  return Number(headers['content-length'] ?? 0) > limitBytes ? bodyTooLarge(limitBytes) : null;
}

const modelVerbWords = `; behind a model's name POST answers ${modelVerbs.map((verb) => `:${verb}`).join(', ')}`;

function noSuchPath(path: string): GatewayError {
  const meant = pathMeant(path);
  const base = 'The base URL ends in /v1 for clients of OpenAI, and has no path for those of Anthropic, Gemini and Ollama.';
  const offer = meant === null ? 'GET /v1/models is one that there is' : `${meant} is probably meant`;
  return new GatewayError('not-found', `There is no such path here; ${offer}. ${base}`);
}

function loopDetected(): GatewayError {
  const words = "This request was sent by this gateway itself: a provider's baseUrl leads back here; correct it in the config.";
  return new GatewayError('loop-detected', words);
}

export function bodyTooLarge(limitBytes: number): GatewayError {
  return new GatewayError('body-too-large', `The body is larger than ${Math.floor(limitBytes / 1_048_576)} MiB.`);
}

function refuse(error: GatewayError, headers: readonly string[] = [], origin?: string): Admission {
  return { verdict: 'refused', error, headers, origin };
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value;
}
