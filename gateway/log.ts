/** The program's own log: one line an event on stderr, as text for people or as JSON for programs. Never a secret, never a body. */

export type LogLevel = 'info' | 'warning' | 'error';

export type Log = (level: LogLevel, message: string, fields?: Readonly<Record<string, string | number | boolean | null>>) => void;

/** @param json one JSON object a line instead of text */
export function createLog(json: boolean, write: (line: string) => void = (line) => void process.stderr.write(line)): Log {
  return (level, message, fields = {}) => {
    const atMs = new Date().toISOString();
    if (json) return write(`${JSON.stringify({ at: atMs, level, message, ...fields })}\n`);
    const rest = Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    write(`${atMs} ${level} ${[printable(message), ...rest].join(' ')}\n`);
  };
}

/** Control characters cannot forge a second line or move a terminal's cursor. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}

/** Notes a fault of our own that a request met. */
export function reportFailureTo(log: Log): (requestId: string, error: unknown) => void {
  return (requestId, error) => {
    const words = error instanceof Error ? (error.stack ?? '') : String(error);
    log('error', 'A request met a fault of the gateway.', { requestId, error: words });
  };
}
