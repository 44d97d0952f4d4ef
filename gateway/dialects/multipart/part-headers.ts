/** What the headers of a form's part say of it, where they can be read in one way only (RFC 7578 4.2). */
import { GatewayError } from '../../chat/error.ts';

export interface PartHead {
  /** As it is written, escapes and all. */
  readonly name: string;
  /** What a program might take it for that reads escapes, of which there are several kinds. */
  readonly reading: string;
  readonly isFile: boolean;
  /** Does its value stand there as plain text? */
  readonly isPlain: boolean;
  /** Where the number of a header `content-length` stands, counted from the first header's first character. */
  readonly length: { readonly start: number; readonly text: string } | null;
}

const headerLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*)$/;
const parameter = /;[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s;"][^;"]*))[ \t]*(?=;|$)/y;

interface Header {
  readonly value: string;
  /** Of its value. */
  readonly start: number;
}

/**
 * @param text the header lines in one-byte characters, without the blank line behind them
 * @throws GatewayError `bad-request` for what two programs could read differently
 */
export function readPartHead(text: string): PartHead {
  const headers = readHeaders(text);
  const { name, isFile } = readDisposition(headers.get('content-disposition')?.value ?? '');
  const length = headers.get('content-length');
  return {
    name,
    reading: readingOf(name),
    isFile,
    isPlain: isPlain(headers.get('content-transfer-encoding')?.value, headers.get('content-type')?.value),
    length: length ? { start: length.start, text: length.value } : null,
  };
}

function readHeaders(text: string): ReadonlyMap<string, Header> {
  const headers = new Map<string, Header>();
  let at = 0;
  for (const line of text === '' ? [] : text.split('\r\n')) {
    const [, written, spaced = ''] = headerLine.exec(line) ?? [];
    if (written === undefined || line.includes('\0')) throw refusal('has a header line that cannot be read');
    const name = written.toLowerCase();
    const value = spaced.trim();
    if (headers.has(name)) throw refusal(`has the header ${name} twice`);
    headers.set(name, { value, start: at + line.indexOf(value, written.length + 1) });
    at += line.length + 2;
  }
  return headers;
}

function readDisposition(value: string): Pick<PartHead, 'name' | 'isFile'> {
  const kind = /^form-data[ \t]*(?=;)/i.exec(value);
  if (!kind) throw refusal('has no header content-disposition with form-data and a name');
  const found = new Map<string, string>();
  parameter.lastIndex = kind[0].length;
  for (let at = parameter.lastIndex; at < value.length; at = parameter.lastIndex) {
    const [, written, quoted, token] = parameter.exec(value) ?? [];
    if (written === undefined) throw refusal('has a header content-disposition that can be read in more than one way');
    const name = written.toLowerCase();
    if (found.has(name)) throw refusal(`says its ${name} twice`);
    found.set(name, quoted ?? token?.trim() ?? '');
  }
  const name = found.get('name');
  if (name === undefined || found.has('name*')) throw refusal('has no plain name');
  return { name, isFile: found.has('filename') || found.has('filename*') };
}

/** Without backslashes, and percent signs read as browsers write them. Encoded words are no name at all. */
function readingOf(name: string): string {
  if (name.includes('=?')) throw refusal('has an encoded name');
  return percentDecoded(name.replaceAll(/\\(.)/g, '$1'));
}

function percentDecoded(text: string): string {
  return text.replaceAll(/%([0-9A-Fa-f]{2})/g, (_all, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

function isPlain(encoding: string | undefined, type: string | undefined): boolean {
  if (encoding !== undefined && !/^(?:7bit|8bit|binary)$/i.test(encoding)) return false;
  const charset = /;[ \t]*charset[ \t]*=[ \t]*"?([^";\s]*)/i.exec(type ?? '')?.[1];
  return charset === undefined || /^(?:utf-8|us-ascii|iso-8859-1)$/i.test(charset);
}

/** @param problem completes a sentence about one part */
function refusal(problem: string): GatewayError {
  return new GatewayError('bad-request', `a part of the form ${problem}`);
}
