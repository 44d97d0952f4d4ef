/** Says why a pull failed, in words for a person. Ollama's own words are kept where nothing better is known. */

const known: readonly (readonly [pattern: RegExp, words: (model: string) => string])[] = [
  [
    /no space left on device|not enough space on the disk|disk quota exceeded/i,
    () => 'The disk is full. Make room and go on; what has come is kept.',
  ],
  [
    /digest mismatch/i,
    () =>
      'What was fetched is not what was promised (its checksum differs), and was thrown away. Try again; only that part is fetched anew.',
  ],
  [
    /file does not exist|manifest unknown|not found/i,
    (model) => `The library has no model "${model}". Check its name and its tag.`,
  ],
  [/requires a newer version|newer version of ollama/i, () => 'This model needs a newer Ollama than the one that runs.'],
  [
    /no such host|network is unreachable|connection refused|i\/o timeout|TLS handshake timeout|server misbehaving/i,
    () => "Ollama's library cannot be reached. Is this machine online? What has come is kept.",
  ],
  [
    /unauthorized|access denied/i,
    (model) => `The library does not give "${model}" to everybody; sign in to Ollama, or check its name.`,
  ],
];

/** @param error as Ollama says it, or as the connection to it ended */
export function pullFailureWords(model: string, error: string): string {
  const found = known.find(([pattern]) => pattern.test(error));
  return found ? found[1](model) : `Ollama could not fetch it: ${error.slice(0, 400)}`;
}
