/** Makes model ids comparable over providers, who write the same model in their own ways. Pure. */

/** `-20250929`, `-2025-08-07`, `@20250929`, `-latest`: what tells one version of a model from the next. */
const version = /[-@](?:20\d{6}|20\d{2}-\d{2}-\d{2}|latest)$/;

/** The id without what stands before its last slash or names its version, and in one spelling: `claude-sonnet-4-5`. */
export function comparableId(id: string): string {
  const name = id.slice(id.lastIndexOf('/') + 1).toLowerCase();
  const [plain = name] = name.split(':');
  return plain.replace(version, '').replaceAll(/[._]/g, '-');
}

/** The same id without its version: what it costs is rarely told for each. */
export function undatedId(id: string): string {
  return id.replace(version, '');
}
