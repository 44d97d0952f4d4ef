/** How a server of local models calls a model that clients call in several ways. */

/** Ollama takes names in any case, and one without a tag for its `latest`. */
export function memoryName(model: string): string {
  const name = model.toLowerCase();
  const tagAt = name.lastIndexOf('/') + 1;
  return name.includes(':', tagAt) ? name : `${name}:latest`;
}
