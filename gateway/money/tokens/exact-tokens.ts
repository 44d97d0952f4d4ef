/**
 * Tokens counted by the tokenizer itself, for OpenAI's families. Framing is OpenAI's own (cookbook, "How to count tokens with
 * tiktoken"): three tokens around each message, one for a name, three that begin the answer. Slow on purpose: for a thread.
 */
import type { ChatRequest, ContentPart, JsonSchema, ToolDefinition } from '../../chat/request.ts';
import type { EmbeddingsRequest } from '../../chat/embeddings.ts';
import { type AskedModel, bareName } from './images.ts';

export type Encoding = 'o200k_base' | 'cl100k_base';

/** How many tokens a text has. */
export type CountText = (text: string) => number;

/** The first that fits. A family to come gets no count before it is known what it counts by. */
const encodings: readonly (readonly [name: RegExp, encoding: Encoding])[] = [
  [/^(?:gpt-4o|gpt-4\.\d|chatgpt-4o|gpt-5|chat-latest|gpt-oss|gpt-audio|gpt-realtime|codex-|computer-use)/, 'o200k_base'],
  [/^o[134](?:-|$)/, 'o200k_base'],
  [/^(?:gpt-4|gpt-3\.5|gpt-35)(?:-|$)/, 'cl100k_base'],
  [/^text-embedding-(?:3|ada)/, 'cl100k_base'],
];

/** Where such a name means OpenAI's model. Elsewhere anyone may call a model anything. */
const kindsThatMeanIt: ReadonlySet<string> = new Set([
  'openai',
  'azure-openai',
  'openrouter',
  'github-models',
  'vercel-ai-gateway',
  'openai-compatible',
]);

/** @returns null where no tokenizer is known */
export function encodingOf({ kind, model }: AskedModel): Encoding | null {
  if (!kindsThatMeanIt.has(kind)) return null;
  const name = bareName(model);
  return encodings.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

/** Special tokens that stand in a text are text there. */
const asText = { disallowedSpecial: new Set<string>() };

/** Loads a tokenizer: about 100 ms and 80 MB. */
export async function loadEncoding(encoding: Encoding): Promise<CountText> {
  const { countTokens } =
    encoding === 'o200k_base'
      ? await import('gpt-tokenizer/encoding/o200k_base')
      : await import('gpt-tokenizer/encoding/cl100k_base');
  return (text) => piecesOf(text).reduce((sum, piece) => sum + countTokens(piece, asText), 0);
}

/** Merging takes the square of a word's length: a word this long (base64, a script without spaces) is cut. */
const longestPiece = 1_024;
const shortestPiece = 512;
/** Before a space between words every tokenizer of the family parts a text anyway. */
const seam = /[^\s](?= [\p{L}])/gu;

/** Cut where it changes no count, as far as there is such a place; each other cut adds a token or two. */
function piecesOf(text: string): readonly string[] {
  if (text.length <= longestPiece) return [text];
  const pieces: string[] = [];
  for (let start = 0; start < text.length; ) {
    const end = pieceEnd(text, start);
    pieces.push(text.slice(start, end));
    start = end;
  }
  return pieces;
}

function pieceEnd(text: string, start: number): number {
  const last = start + longestPiece;
  if (last >= text.length) return text.length;
  seam.lastIndex = shortestPiece;
  const found = seam.exec(text.slice(start, last + 2));
  if (found) return start + found.index + found[0].length;
  // Both halves of a character stay together.
  return /[\ud800-\udbff]/.test(text.charAt(last - 1)) ? last - 1 : last;
}

/** What a request comes to without its media. */
export interface ExactCount {
  readonly tokens: number;
  /** False where something stands in it that only its provider can count: sealed thoughts, parts of its own making. */
  readonly isWhole: boolean;
}

const tokensPerMessage = 3;
const tokensPerName = 1;
const tokensOfAnswer = 3;
/** Around a tool's definition, and around a call (the cookbook's figures for functions, rounded up). */
const tokensPerTool = 12;
const tokensPerCall = 8;
/** What tells a model to answer by a schema. */
const tokensPerSchema = 16;
/** Fields that were not understood, where they may hold what a model reads. */
const readFields = /^(?:messages|input|contents|system|instructions|tools|prompt)/i;

/** @param isFramed false for a plain text to be completed, which has no turns */
export function countChat(request: ChatRequest, count: CountText, isFramed = true): ExactCount {
  const { messages, tools, responseFormat, unread } = request;
  let tokens = isFramed ? tokensOfAnswer : 0;
  for (const { role, parts, name } of messages) {
    if (isFramed) tokens += tokensPerMessage + count(role);
    if (name !== undefined) tokens += count(name) + tokensPerName;
    for (const part of parts) tokens += countPart(part, count);
  }
  for (const tool of tools) tokens += countTool(tool, count);
  if (responseFormat.type === 'json-schema') tokens += countSchema(responseFormat.schema, count) + tokensPerSchema;
  const isWhole = messages.every(({ parts }) => parts.every(isCountable)) && tools.every(({ kind }) => kind !== 'native');
  return { tokens, isWhole: isWhole && !unread.some((field) => readFields.test(field)) };
}

export function countEmbeddings({ inputs }: EmbeddingsRequest, count: CountText): ExactCount {
  const counts = inputs.map((input) => (typeof input === 'string' ? count(input) : input.length));
  return { tokens: counts.reduce((sum, each) => sum + each, 0), isWhole: true };
}

function countPart(part: ContentPart, count: CountText): number {
  switch (part.type) {
    case 'text':
    case 'refusal':
    case 'reasoning':
      return count(part.text);
    case 'tool-call':
      return count(part.name) + count(part.input) + tokensPerCall;
    case 'tool-result':
      return part.content.reduce((sum, inner) => sum + countPart(inner, count), 0);
    case 'native':
      return count(JSON.stringify(part.json));
    default:
      // Media are counted by their own rules.
      return 0;
  }
}

function isCountable(part: ContentPart): boolean {
  if (part.type === 'tool-result') return part.content.every(isCountable);
  return part.type !== 'native' && !(part.type === 'reasoning' && part.seal !== null);
}

function countTool(tool: ToolDefinition, count: CountText): number {
  if (tool.kind === 'native') return count(JSON.stringify(tool.json)) + tokensPerTool;
  const words = count(tool.name) + count(tool.description ?? '');
  if (tool.kind === 'custom') return words + count(tool.grammar?.definition ?? '') + tokensPerTool;
  return words + countSchema(tool.parameters, count) + tokensPerTool;
}

/** OpenAI shows a model a schema as TypeScript, which is shorter than its JSON: about as much as the JSON without quotes. */
function countSchema(schema: JsonSchema, count: CountText): number {
  return count(JSON.stringify(schema).replaceAll('"', ''));
}
