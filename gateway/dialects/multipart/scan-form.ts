/**
 * Finds plain fields in the bytes of a form (RFC 7578) and checks where its parts begin and end; what stands in its files is
 * passed over. A form that two programs could read differently is refused: one of them would be asked for another model.
 */
import { GatewayError } from '../../chat/error.ts';
import type { FieldRange } from '../json/scan-fields.ts';
import { findMarks, rangeCopier } from './find-marks.ts';
import { type PartHead, readPartHead } from './part-headers.ts';

export interface FormField extends FieldRange {
  readonly value: string;
  /** The number that a header of the part says its length with; null where none does. */
  readonly length: FieldRange | null;
}

/** More parts than any API takes. */
const maximumParts = 512;
/** The delimiter's line and the part's headers. */
const maximumHeadBytes = 8 * 1_024;
/** A wanted field is a name or a flag. */
const maximumValueBytes = 4 * 1_024;

const lineEnd = 2;

/** Where a part stands: behind its delimiter, up to the line end that belongs to the next one. */
interface PartPlace extends FieldRange {
  readonly end: number;
}

/**
 * @param wanted names (ASCII) of the fields to find; each may stand once, and not as a file
 * @throws GatewayError `bad-request`
 */
export function scanForm(pieces: readonly Buffer[], boundary: string, wanted: readonly string[]): ReadonlyMap<string, FormField> {
  const fields = new Map<string, FormField>();
  const copy = rangeCopier(pieces);
  for (const place of findParts(pieces, boundary)) {
    const text = copy(place.start, Math.min(place.end, place.start + maximumHeadBytes)).toString('latin1');
    const { head, headStart, valueStart } = readHead(text, place.start);
    const name = wanted.find((one) => head.reading === one);
    if (name === undefined) continue;
    if (fields.has(name)) throw refusal(`the field ${name} stands twice in the form`, name);
    if (head.name !== name || head.isFile || !head.isPlain) {
      throw refusal(`the field ${name} must be plain text in the form, neither a file nor encoded`, name);
    }
    if (place.end - valueStart > maximumValueBytes) throw refusal(`the field ${name} is too long`, name);
    const bytes = copy(valueStart, place.end);
    fields.set(name, {
      value: bytes.toString('utf8'),
      start: valueStart,
      end: place.end,
      length: lengthRange(head, headStart, bytes, name),
    });
  }
  return fields;
}

interface ReadHead {
  readonly head: PartHead;
  readonly headStart: number;
  readonly valueStart: number;
}

/** @param text what stands behind the delimiter: the rest of its line, the part's headers, a blank line, and more */
function readHead(text: string, start: number): ReadHead {
  const line = /^[ \t]*\r\n/.exec(text)?.[0].length;
  if (line === undefined) throw refusal('a line of the form begins with its boundary and goes on');
  if (text.startsWith('\r\n', line)) throw refusal('a part of the form has no headers');
  const headEnd = text.indexOf('\r\n\r\n', line);
  if (headEnd === -1)
    throw refusal(`a part of the form has headers without an end, or more than ${maximumHeadBytes} bytes of them`);
  const head = readPartHead(text.slice(line, headEnd));
  return { head, headStart: start + line, valueStart: start + headEnd + 2 * lineEnd };
}

function lengthRange({ length }: PartHead, headStart: number, value: Buffer, name: string): FieldRange | null {
  if (length === null) return null;
  if (length.text !== String(value.length)) throw refusal(`the field ${name} has another length than its part says`, name);
  const start = headStart + length.start;
  return { start, end: start + length.text.length };
}

/** The parts between the first delimiter and the closing one; what stands before and behind these is nobody's. */
function findParts(pieces: readonly Buffer[], boundary: string): readonly PartPlace[] {
  const dashes = `--${boundary}`;
  const copy = rangeCopier(pieces);
  const starts = findMarks(pieces, Buffer.from(`\n${dashes}`), maximumParts + 2).map((at) => at + 1);
  if (copy(0, dashes.length).toString('latin1') === dashes) starts.unshift(0);
  if (starts.length > maximumParts + 1) throw refusal(`the form has more than ${maximumParts} parts`);
  const parts: PartPlace[] = [];
  let isClosed = false;
  starts.forEach((start, index) => {
    const before = start === 0 ? '\r\n' : copy(start - lineEnd, start).toString('latin1');
    if (before !== '\r\n') throw refusal('a boundary of the form stands behind a line end that is not CRLF');
    if (isClosed) throw refusal('the form goes on behind its end');
    const behind = start + dashes.length;
    isClosed = /^--(?:[ \t\r\n]|$)/.test(copy(behind, behind + 4).toString('latin1'));
    const next = starts[index + 1];
    if (!isClosed && next !== undefined) parts.push({ start: behind, end: next - lineEnd });
  });
  if (!isClosed) throw refusal('the form has no end: its closing boundary is missing');
  return parts;
}

function refusal(problem: string, field?: string): GatewayError {
  return new GatewayError('bad-request', problem, field === undefined ? {} : { field });
}
