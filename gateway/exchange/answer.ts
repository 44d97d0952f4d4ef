/** Writes to the client: headers by allowlist, bodies, and errors in the door's own shape. */
import type { ServerResponse } from 'node:http';
import type { GatewayError } from '../chat/error.ts';
import type { FidelityNote, FidelityReport } from '../chat/fidelity.ts';
import type { Dialect } from '../dialects/dialect.ts';

/** On every answer, whatever it is. */
export const alwaysHeaders: readonly string[] = [
  'x-content-type-options',
  'nosniff',
  'cache-control',
  'no-store',
  'cross-origin-resource-policy',
  'same-origin',
  'content-security-policy',
  "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy',
  'no-referrer',
];

/** Which of an upstream's headers a client may see: rate limits, and when to come back. */
const passedOn = /^(?:retry-after(?:-ms)?|x-ratelimit-[a-z0-9-]+|openai-processing-ms)$/;

export interface AnswerHead {
  readonly requestId: string;
  /** Headers of the listener's own, such as those that CORS needs. */
  readonly extra: readonly string[];
}

/** Name, value, name, value, …: what every answer of ours begins with. */
export function baseHeaders(head: AnswerHead): string[] {
  return [...alwaysHeaders, 'x-request-id', head.requestId, ...head.extra];
}

export interface ServedBy {
  readonly provider: string;
  readonly model: string;
  readonly attempts: number;
  /** The rule that decided; null where the model's name did. */
  readonly rule: string | null;
}

/** What a proxied answer says about itself. */
export function servedHeaders(served: ServedBy): string[] {
  return [
    'x-gatehouse-provider',
    served.provider,
    'x-gatehouse-model',
    headerText(served.model),
    'x-gatehouse-attempts',
    String(served.attempts),
    'x-gatehouse-cache',
    'off',
    'x-gatehouse-rule',
    served.rule === null ? 'none' : headerText(served.rule),
  ];
}

export interface ProxiedHead extends AnswerHead {
  /** US dollars; null while it is not known. */
  readonly costUsd: number | null;
  readonly rule: string | null;
  readonly attempts: { readonly latest: Pick<ServedBy, 'provider' | 'model'> | null; readonly count: number };
  readonly fidelity: FidelityReport | null;
  /** Was it said anew, be it in its own format? */
  readonly isTranslated: boolean;
  readonly upstream: Parameters<typeof passedHeaders>[0];
  /** How much is left for the client, in place of what is left for us at the provider; empty where nothing is limited. */
  readonly limits: readonly string[];
}

/** Name, value, name, value, …: of an answer that a provider was asked for. */
export function proxiedHeaders(head: ProxiedHead): string[] {
  const { attempts, fidelity, rule, costUsd, upstream, limits } = head;
  const headers = baseHeaders(head);
  if (attempts.latest) headers.push(...servedHeaders({ ...attempts.latest, attempts: attempts.count, rule }));
  if (costUsd !== null) headers.push('x-gatehouse-cost-usd', plainNumber(costUsd));
  if (fidelity) headers.push(...translationHeaders(fidelity, head.isTranslated));
  headers.push(...passedHeaders(upstream, limits.length > 0), ...limits);
  return headers;
}

/** Without an exponent, and without zeros that say nothing. */
function plainNumber(number: number): string {
  return number.toFixed(9).replace(/\.?0+$/, '');
}

const longestFieldList = 512;

/** What an answer says of its translation, or of what was set in its request; the whole of it stands in the log. */
export function translationHeaders({ to, emulated, dropped }: FidelityReport, isTranslated: boolean): string[] {
  const headers = isTranslated ? ['x-gatehouse-translated', to] : [];
  if (emulated.length > 0) headers.push('x-gatehouse-emulated', fieldList(emulated));
  if (dropped.length > 0) headers.push('x-gatehouse-dropped', fieldList(dropped));
  return headers;
}

function fieldList(notes: readonly FidelityNote[]): string {
  return headerText(
    notes
      .map(({ field }) => field)
      .join(', ')
      .slice(0, longestFieldList),
  );
}

/** The upstream's headers that may go on to the client. @param isLimited our own rate limits take the place of the upstream's */
export function passedHeaders(headers: Readonly<Record<string, string | string[] | undefined>>, isLimited = false): string[] {
  const kept: string[] = [];
  for (const name in headers) {
    const first = name.charCodeAt(0);
    // Only names beginning with r, x or o can match; most headers are dropped by their first letter.
    if (first !== 0x72 && first !== 0x78 && first !== 0x6f) continue;
    if (isLimited && name.startsWith('x-ratelimit-')) continue;
    const value = headers[name];
    if (typeof value === 'string' && passedOn.test(name)) kept.push(name, headerText(value));
  }
  return kept;
}

/** A value that is safe in a header: what is not printable ASCII is percent-encoded. */
export function headerText(value: string): string {
  if (/^[\x20-\x7e]*$/.test(value)) return value;
  return value.replace(/[^\x20-\x7e]/gu, (character) => encodeURIComponent(character.isWellFormed() ? character : '\ufffd'));
}

/** Up to here a body is cheaper to copy than to send beside its head. */
const oneWriteBytes = 16 * 1_024;

/** Answers with a whole JSON body. */
export function writeWhole(response: ServerResponse, status: number, headers: string[], body: Buffer | string): void {
  headers.push('content-type', 'application/json; charset=utf-8', 'content-length', String(Buffer.byteLength(body)));
  response.writeHead(status, headers);
  // As text in a one-byte encoding, head and body leave in one piece, which costs the system less than two.
  if (typeof body !== 'string' && body.length <= oneWriteBytes) response.end(body.toString('latin1'), 'latin1');
  else response.end(body);
}

/** Where an answer goes, and in whose words an error of ours is written. */
export interface ReplyPlace {
  readonly response: ServerResponse;
  readonly dialect: Dialect;
}

/** Answers whole, or says that the log could not be written; nothing where the client is gone or has been answered. */
export function writeReply(
  { response, dialect }: ReplyPlace,
  headers: string[],
  ledgerError: GatewayError | null,
  { status, body }: { readonly status: number; readonly body: Buffer | string },
): void {
  if (response.destroyed || response.headersSent) return;
  if (ledgerError) writeWhole(response, ledgerError.status, headers, dialect.encodeError(ledgerError));
  else writeWhole(response, status, headers, body);
}

/** What a client has been told before anybody answered: 200 where its stream was opened while a model was loaded, else null. */
export function statusSent({ headersSent }: ServerResponse): number | null {
  return headersSent ? 200 : null;
}

/**
 * Ends a stream that was opened while a model was loaded, and that nobody answers: no client takes it for complete.
 * @param frame its last, in the client's words
 */
export function endUnanswered(response: ServerResponse, frame: string): void {
  if (response.destroyed || response.writableEnded) return;
  response.write(frame, () => response.destroy());
}

/** A status a client understands: 499 is for the log alone. */
export function answerStatus(error: GatewayError): number {
  return error.status === 499 ? 400 : error.status;
}
