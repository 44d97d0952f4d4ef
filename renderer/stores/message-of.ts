/** The one sentence that a failure is shown as. */

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'Something went wrong in this window; reload it.';
}
