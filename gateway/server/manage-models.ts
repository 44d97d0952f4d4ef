/** Ollama's calls that fetch, copy and delete models: handed on, and told line by line as they come. */
import type { ServerResponse } from 'node:http';
import { GatewayError } from '../chat/error.ts';
import { asGatewayError } from '../exchange/own-errors.ts';
import type { AdmittedClient } from './admission.ts';

export type ModelAction = 'pull' | 'copy' | 'delete';

export interface ManageRequest {
  readonly action: ModelAction;
  /** As the client wrote it: an object, with nothing of it checked. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly client: AdmittedClient | null;
}

/** Does it, if the client may; gives the lines of a pull as they come. Throws GatewayError. */
export type ManageModels = (asked: ManageRequest) => AsyncIterable<object>;

export interface ManageAnswer {
  readonly response: ServerResponse;
  /** Of every answer. */
  readonly headers: readonly string[];
  fail(error: GatewayError): void;
}

/** @throws GatewayError `bad-request` */
export function readManageBody(pieces: readonly Buffer[]): ManageRequest['body'] {
  try {
    const value: unknown = JSON.parse(Buffer.concat(pieces).toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as ManageRequest['body'];
  } catch {
    // Said below.
  }
  throw new GatewayError('bad-request', 'the request body is not a JSON object');
}

/** A client that goes away ends what it began, as with Ollama itself. Never rejects. */
export async function answerManaged(manage: ManageModels, asked: ManageRequest, answer: ManageAnswer): Promise<void> {
  const { response, fail } = answer;
  const isStream = asked.action === 'pull' && asked.body.stream !== false;
  // Gone while its body was read: nobody would end what begins now.
  if (response.destroyed) return;
  const lines = manage(asked)[Symbol.asyncIterator]();
  let isGone = false;
  response.once('close', () => {
    isGone = true;
    void lines.return?.();
  });
  try {
    let last: object | null = null;
    for (let next = await lines.next(); next.done !== true && !isGone; next = await lines.next()) {
      last = next.value;
      if (isStream) writeLine(answer, last);
    }
    if (isGone) return;
    if (isStream) response.end();
    else writeWhole(answer, last);
  } catch (error) {
    if (isGone) return;
    if (!response.headersSent) return fail(asGatewayError(error));
    // Behind a head that says 200 an error is a line, in Ollama's way.
    writeLine(answer, { error: asGatewayError(error).message });
    response.end();
  }
}

function writeLine({ response, headers }: ManageAnswer, line: object): void {
  if (!response.headersSent) response.writeHead(200, [...headers, 'content-type', 'application/x-ndjson']);
  response.write(`${JSON.stringify(line)}\n`);
}

/** A copy and a deletion say nothing but that it was done. */
function writeWhole({ response, headers }: ManageAnswer, value: object | null): void {
  const body = value === null ? '' : JSON.stringify(value);
  const type = value === null ? [] : ['content-type', 'application/json; charset=utf-8'];
  response.writeHead(200, [...headers, ...type, 'content-length', String(Buffer.byteLength(body))]);
  response.end(body);
}
