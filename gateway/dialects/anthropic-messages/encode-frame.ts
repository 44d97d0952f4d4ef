/** The frames of Anthropic's event streams: an `event:` line with the payload's type, which real clients demand, then its data. */

/** JSON text never holds a line break, so one data line is always enough. */
export function encodeFrame(payload: { readonly type: string; readonly [field: string]: unknown }): string {
  return `event: ${payload.type}\ndata: ${JSON.stringify(payload)}\n\n`;
}
