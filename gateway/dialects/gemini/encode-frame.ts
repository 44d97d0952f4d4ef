/** The frames of Gemini's event streams: one `data:` line each, ended as Gemini ends it; no names, no terminator, no comments. */

/** JSON text never holds a line break, so one line is always enough. */
export function encodeFrame(payload: unknown): string {
  return `data: ${JSON.stringify(payload)}\r\n\r\n`;
}
