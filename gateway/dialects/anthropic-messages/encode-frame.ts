/** The frames of Anthropic's event streams: an `event:` line with the payload's type, which real clients demand, then its data. */

/** JSON text never holds a line break, so one data line is always enough. */
export function encodeFrame(payload: { readonly type: string; readonly [field: string]: unknown }): string {
  return `event: ${payload.type}\ndata: ${JSON.stringify(payload)}\n\n`;
}

/** Nearly all of a stream is these, so they are written without an object each: measured, at a third of the cost. */
export function encodeDelta(index: number, type: string, field: string, text: string): string {
  const delta = `{"type":"${type}","${field}":${JSON.stringify(text)}}`;
  return `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":${delta}}\n\n`;
}
