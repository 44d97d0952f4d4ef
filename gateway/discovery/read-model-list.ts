/** Reads the model ids out of a provider's listing, whatever else the listing holds. */

const maximumModels = 10_000;
const maximumIdLength = 256;

/** Model ids as they may be shown, sent and compared: no control characters, no space around them. */
const usableId = /^[^\s\p{Cc}](?:[^\p{Cc}]*[^\s\p{Cc}])?$/u;

/**
 * Reads `{"data":[{"id":…}]}` (OpenAI and most others) or a bare list of objects or of ids (Together, small servers).
 * @returns ids in the provider's order, each once; null when this is no JSON listing
 */
export function readModelList(body: Buffer): readonly string[] | null {
  let listing: unknown;
  try {
    listing = JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
  const entries = Array.isArray(listing) ? listing : fieldOf(listing, 'data');
  // A server without models may well say so by null (llama-swap, older LocalAI).
  if (entries === null) return [];
  if (!Array.isArray(entries)) return null;
  const ids = new Set<string>();
  for (const entry of entries) {
    const id: unknown = typeof entry === 'string' ? entry : fieldOf(entry, 'id');
    if (typeof id === 'string' && id.length <= maximumIdLength && usableId.test(id)) ids.add(id);
    if (ids.size === maximumModels) break;
  }
  return [...ids];
}

/** An object's own field; undefined when it has none, or is no object. */
export function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, field) ? Reflect.get(value, field) : undefined;
}
