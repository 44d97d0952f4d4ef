/** What a request is for: as its client says, else by what it holds. */
import type { IncomingHttpHeaders } from 'node:http';
import type { InferredTask } from '../../contract/policy/condition.ts';
import type { RequestSayings } from '../../dialects/json/sayings.ts';
import { estimateInputTokens } from '../../money/estimate-tokens.ts';
import type { AskedRequest } from './asked-request.ts';
import { headerText } from './header-text.ts';

const longestTask = 64;
/** From here on a request needs a model that can read much, whatever else it is. */
const longContextTokens = 50_000;
const fence = '```';

/** How programs that write code call themselves, anywhere in their `user-agent`. */
const codingAgents =
  /claude-cli|claude-code|codex|opencode|gemini-?cli|aider|\bcline|roo-?code|kilo-?code|continue|copilot|cursor|windsurf|\bzed\b|\bgoose\b|\bamp\b|\bcrush\b|qwen-?code|openhands|tabby/i;

/** @returns null when it says none, or one that is no name */
export function saidTask(headers: IncomingHttpHeaders, sayings: RequestSayings): string | null {
  return nameIn(headerText(headers, 'x-gatehouse-task')) ?? nameIn(sayings.metadata().task);
}

function nameIn(text: string | null | undefined): string | null {
  const name = text?.trim().toLowerCase() ?? '';
  return name === '' || name.length > longestTask ? null : name;
}

/** The first of these that it is; each is asked in its turn, since some cost a look through the whole request. */
export function inferTask({ dialect, request, clientHeaders }: AskedRequest, sayings: RequestSayings): InferredTask {
  if (dialect.embeddings !== null) return 'embedding';
  if (sayings.images()) return 'vision';
  if (sayings.schema()) return 'extraction';
  if (codingAgents.test(headerText(clientHeaders, 'user-agent') ?? '')) return 'code';
  if (request.holds(fence) && sayings.lastUserText().includes(fence)) return 'code';
  if (estimateInputTokens(request.measure()) >= longContextTokens) return 'long-context';
  return sayings.tools() ? 'tools' : 'chat';
}
