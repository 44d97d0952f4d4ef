/** The frames of OpenAI's event streams: one `data:` line each, no event names, and `[DONE]` at the end. */

export const doneFrame = 'data: [DONE]\n\n';

/** JSON text never holds a line break, so one line is always enough. */
export function encodeFrame(payload: unknown): string {
  return `data: ${JSON.stringify(payload)}\n\n`;
}
