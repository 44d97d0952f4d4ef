/** What clients outside saw of their requests, kept apart from the gateway, so that its log can be held against it. */
import { openRawStream, type RawStream } from './raw-stream.ts';
import type { RunningGateway } from './start-gateway.ts';
import { doorForms, type FormName } from './wire-forms.ts';

export interface LedgerEntry {
  /** Empty when not one byte of the answer came. */
  readonly id: string;
  readonly model: string;
  readonly isStream: boolean;
  /** The whole answer was there to its last byte. */
  readonly sawLastByte: boolean;
}

/** Is the answer all there, by its own framing? */
function isWhole(raw: RawStream, door: FormName, isStream: boolean): boolean {
  if (isStream) return raw.text.includes(doorForms[door].terminator) && raw.text.endsWith('\r\n0\r\n\r\n');
  const length = Number(/\r\ncontent-length: (\d+)\r\n/i.exec(raw.text)?.[1] ?? Number.POSITIVE_INFINITY);
  const bodyStart = raw.text.indexOf('\r\n\r\n') + 4;
  return bodyStart > 4 && Buffer.byteLength(raw.text.slice(bodyStart)) >= length;
}

/** Makes one request and says what was seen of it; never fails, whatever becomes of the gateway. */
export async function makeRequest(
  gateway: RunningGateway,
  key: string,
  request: { readonly model: string; readonly isStream: boolean; readonly content: string; readonly door?: FormName },
): Promise<LedgerEntry> {
  const { model, isStream, content, door = 'openai-chat' } = request;
  const form = doorForms[door];
  const raw = openRawStream(gateway.port, form.body(model, isStream, content), { key, path: form.path(model, isStream) });
  let isGone = false;
  raw.socket.once('close', () => {
    isGone = true;
  });
  while (!isGone && !isWhole(raw, door, isStream)) await raw.moved();
  raw.leave();
  return { id: raw.requestId, model, isStream, sawLastByte: isWhole(raw, door, isStream) };
}
