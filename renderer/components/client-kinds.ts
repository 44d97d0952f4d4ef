/** The kinds of programs by the format they speak: where each is pointed at, and a command that speaks it. Pure. */

export const clientKinds = ['openai', 'anthropic', 'gemini', 'ollama'] as const;
export type ClientKind = (typeof clientKinds)[number];

/** What a command or a program's environment is made from. */
export interface ConnectFacts {
  /** `http://127.0.0.1:4283` */
  readonly origin: string;
  readonly model: string;
  readonly requireKey: boolean;
  /** Null leaves a variable's name in its place. */
  readonly key: string | null;
}

interface KindFacts {
  readonly name: string;
  /** What its programs expect behind the origin. */
  readonly basePath: '' | '/v1';
  /** What trips people up, in a sentence. */
  readonly hint: string;
  /** The variables that its own programs read: of the base URL, and of the key. */
  readonly variables: readonly [baseUrl: string, key: string];
  request(model: string): ExampleRequest;
}

interface ExampleRequest {
  /** Below the origin. */
  readonly path: string;
  /** Carries the key: the header's text before it. */
  readonly keyHeader: string;
  readonly headers: readonly string[];
  readonly body: unknown;
}

const messages = [{ role: 'user', content: 'Hello' }];
const bearer = 'Authorization: Bearer ';

export const kindFacts: { readonly [Kind in ClientKind]: KindFacts } = {
  openai: {
    name: 'OpenAI',
    basePath: '/v1',
    hint: 'Chat, responses, embeddings, images, speech and more. The address ends in /v1.',
    variables: ['OPENAI_BASE_URL', 'OPENAI_API_KEY'],
    request: (model) => ({ path: '/v1/chat/completions', keyHeader: bearer, headers: [], body: { model, messages } }),
  },
  anthropic: {
    name: 'Anthropic',
    basePath: '',
    hint: 'Without /v1: Claude Code and Anthropic’s libraries add it. The AI SDK wants it written.',
    variables: ['ANTHROPIC_BASE_URL', 'ANTHROPIC_AUTH_TOKEN'],
    request: (model) => ({
      path: '/v1/messages',
      keyHeader: 'x-api-key: ',
      headers: ['anthropic-version: 2023-06-01'],
      body: { model, max_tokens: 100, messages },
    }),
  },
  gemini: {
    name: 'Gemini',
    basePath: '',
    hint: 'Without a version: Gemini CLI and Google’s libraries add it. The AI SDK wants /v1beta behind it.',
    variables: ['GOOGLE_GEMINI_BASE_URL', 'GEMINI_API_KEY'],
    request: (model) => ({
      path: `/v1beta/models/${model.split('/').map(encodeURIComponent).join('/')}:generateContent`,
      keyHeader: 'x-goog-api-key: ',
      headers: [],
      body: { contents: [{ parts: [{ text: 'Hello' }] }] },
    }),
  },
  ollama: {
    name: 'Ollama',
    basePath: '',
    hint: 'Without /api. Ollama’s libraries want the key as a header, Authorization: Bearer; its command line can send none.',
    variables: ['OLLAMA_HOST', 'OLLAMA_API_KEY'],
    request: (model) => ({ path: '/api/chat', keyHeader: bearer, headers: [], body: { model, messages, stream: false } }),
  },
};

export function baseUrlOf(kind: ClientKind, origin: string): string {
  return origin + kindFacts[kind].basePath;
}

/** A value within single quotes of a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** The environment that points its own programs here, for a POSIX shell. */
export function environmentOf(kind: ClientKind, { origin, requireKey, key }: ConnectFacts): string {
  const [baseUrl, keyName] = kindFacts[kind].variables;
  // Most libraries do not start without a key, also where none is asked for.
  const value = requireKey ? (key ?? '"$GATEHOUSE_CLIENT_KEY"') : 'none';
  return `export ${baseUrl}=${baseUrlOf(kind, origin)}\nexport ${keyName}=${value}`;
}

/** A command that a person can paste to see a first request. */
export function exampleCommand(kind: ClientKind, { origin, model, requireKey, key }: ConnectFacts): string {
  const { path, keyHeader, headers, body } = kindFacts[kind].request(model);
  const lines = [`curl ${/[^\w:/.%-]/.test(path) ? quoted(origin + path) : origin + path}`];
  if (requireKey) lines.push(`  -H "${keyHeader}${key ?? '$GATEHOUSE_CLIENT_KEY'}"`);
  for (const header of [...headers, 'Content-Type: application/json']) lines.push(`  -H "${header}"`);
  lines.push(`  -d ${quoted(JSON.stringify(body))}`);
  return lines.join(' \\\n');
}
