/** An error as a row of the log keeps it. */
import type { GatewayError } from '../chat/error.ts';

const longestMessage = 1_000;

export function errorColumns(error: GatewayError | null): { errorKind: string | null; errorMessage: string | null } {
  return { errorKind: error?.kind ?? null, errorMessage: error?.message.slice(0, longestMessage) ?? null };
}
