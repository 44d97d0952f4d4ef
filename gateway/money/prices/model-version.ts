/** What tells one version of a model from the next, in its id. Pure. */

/** `-20250929`, `-2025-08-07`, `@20250929`, `-latest`. */
export const modelVersion = /[-@](?:20\d{6}|20\d{2}-\d{2}-\d{2}|latest)$/;

/** The same id without its version: what it costs is rarely told for each. */
export function undatedId(id: string): string {
  return id.replace(modelVersion, '');
}
