/** Reads a call's JSON body, within its size and to a sane depth, and cuts off what is larger without reading on. */
import type { IncomingMessage } from 'node:http';

/** No call nests anywhere near this; deeper text is an attack on recursion. */
const maximumDepth = 64;

const quote = 0x22;
const backslash = 0x5c;

export type BodyProblem = 'too-large' | 'cut-off' | 'not-text' | 'not-json' | 'too-deep';
export type BodyReading = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: BodyProblem };

/** What to tell a caller about its body. */
export const bodyMessages = {
  'cut-off': 'The body of the call ended too early; send it again.',
  'not-text': 'The body of the call must be UTF-8.',
  'not-json': 'The body of the call is not sound JSON; mend it and send it again.',
  'too-deep': `The body of the call nests deeper than ${maximumDepth} levels; send it flatter.`,
} as const satisfies Record<Exclude<BodyProblem, 'too-large'>, string>;

/** @param limit bytes; one more and the rest is not read */
export async function readJsonBody(request: IncomingMessage, limit: number): Promise<BodyReading> {
  const body = await readBytes(request, limit);
  if (typeof body === 'string') return { ok: false, problem: body };
  if (isTooDeep(body)) return { ok: false, problem: 'too-deep' };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return { ok: false, problem: 'not-text' };
  }
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false, problem: 'not-json' };
  }
}

function readBytes(request: IncomingMessage, limit: number): Promise<Buffer | 'too-large' | 'cut-off'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (result: Buffer | 'too-large' | 'cut-off') => {
      request.off('data', take);
      request.pause();
      resolve(result);
    };
    const take = (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) return finish('too-large');
      chunks.push(chunk);
    };
    request.on('data', take);
    request.once('end', () => finish(Buffer.concat(chunks, size)));
    request.once('error', () => finish('cut-off'));
    request.once('close', () => finish('cut-off'));
  });
}

/** Does this JSON text nest deeper than the limit? Brackets inside strings do not count. */
export function isTooDeep(text: Uint8Array, limit: number = maximumDepth): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const byte = text[index];
    if (inString) {
      if (byte === backslash) index += 1;
      else if (byte === quote) inString = false;
    } else if (byte === quote) inString = true;
    else if (byte === 0x5b || byte === 0x7b) {
      depth += 1;
      if (depth > limit) return true;
    } else if (byte === 0x5d || byte === 0x7d) depth -= 1;
  }
  return false;
}
