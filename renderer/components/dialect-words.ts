/** What people call the wire formats. One place, so that a format has one name everywhere. */

const names: Readonly<Record<string, string>> = {
  'openai-chat': 'OpenAI chat',
  'openai-responses': 'OpenAI responses',
  'openai-input-tokens': 'OpenAI token count',
  'openai-completions': 'OpenAI completions',
  'openai-embeddings': 'OpenAI embeddings',
  'anthropic-messages': 'Anthropic messages',
  'anthropic-count-tokens': 'Anthropic token count',
  gemini: 'Gemini',
  'gemini-count-tokens': 'Gemini token count',
  'gemini-embeddings': 'Gemini embeddings',
  'gemini-batch-embeddings': 'Gemini embeddings in one batch',
  ollama: 'Ollama chat',
  'ollama-generate': 'Ollama generate',
  'ollama-embeddings': 'Ollama embeddings',
  'ollama-legacy-embeddings': 'Ollama embeddings (older form)',
  'images/generations': 'OpenAI image generation',
  'images/edits': 'OpenAI image edits',
  'images/variations': 'OpenAI image variations',
  'audio/speech': 'OpenAI speech',
  'audio/transcriptions': 'OpenAI transcription',
  'audio/translations': 'OpenAI speech translation',
  moderations: 'OpenAI moderation',
  rerank: 'Reranking',
};

/** A format's name for people; one that this page does not know is shown as the gateway calls it. */
export function dialectName(dialect: string): string {
  return Object.hasOwn(names, dialect) ? (names[dialect] ?? dialect) : dialect;
}

/** Longest first: one name may begin with another. A model such as `gemini-2.5-pro` is no format. */
const anyName = new RegExp(
  String.raw`(?<![\w./-])(?:${Object.keys(names)
    .sort((one, other) => other.length - one.length)
    .join('|')})(?![\w/:-]|\.\w)`,
  'g',
);

/** A sentence of the gateway's with the formats in it called as people call them. */
export function withDialectNames(sentence: string): string {
  return sentence.replace(anyName, dialectName);
}
