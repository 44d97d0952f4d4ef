/** The stand-in's requests: read, noted in a file beside the executable, and answered. */
import { appendFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';

export type Body = Readonly<Record<string, unknown>>;

/** One request as `requests.jsonl` holds it. */
export interface NotedRequest {
  readonly method: string;
  readonly path: string;
  readonly body: Body;
}

export const requestsFile = 'requests.jsonl';

/** @throws SyntaxError for what is no JSON */
export async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? {} : JSON.parse(text);
}

export function note(folder: string, request: NotedRequest): void {
  appendFileSync(join(folder, requestsFile), `${JSON.stringify(request)}\n`);
}

export function answerJson(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** Lines that go out as they are said; the first one sends the head. */
export function lines(response: ServerResponse): (line: object) => void {
  return (line) => {
    if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.write(`${JSON.stringify(line)}\n`);
  };
}
