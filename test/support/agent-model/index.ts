/** A scripted upstream that is a model to work with for coding agents, in five dialects at once, each under a path of its own. */
import type { GatewayConfigDocument } from '../../../gateway/contract/config.ts';
import type { ReceivedRequest, Script } from '../scripted-upstream.ts';
import { type Answer, json } from '../upstream-answers.ts';
import { type AgentTask, type AskedTurn, decideTurn, type ModelTurn } from './agent-turn.ts';
import { readAnthropic, writeAnthropic } from './anthropic-model.ts';
import { readChat, writeChat } from './chat-model.ts';
import { readGemini, writeGemini } from './gemini-model.ts';
import { readOllama, writeOllama } from './ollama-model.ts';
import { type Body, bodyOf } from './reading.ts';
import { readResponses, writeResponses } from './responses-model.ts';

export { type AgentTask, counts, finalText, missingSeals } from './agent-turn.ts';

/** By provider; the names tell the gateway which ways of their makers' models to respect. */
export const upstreamModels = {
  chat: 'coder',
  responses: 'gpt-5.2',
  anthropic: 'claude-sonnet-4-5',
  gemini: 'gemini-3-pro',
  ollama: 'coder',
} as const;
export const upstreamNames = ['chat', 'responses', 'anthropic', 'gemini', 'ollama'] as const;
export type UpstreamName = (typeof upstreamNames)[number];

type ProviderEntry = NonNullable<GatewayConfigDocument['providers']>[number];

/** What it was asked, for whoever wants to know what became of a run. */
export interface JournalEntry {
  readonly target: string;
  readonly body: Body;
  readonly asked: AskedTurn;
  readonly turn: ModelTurn;
}

interface ModelDialect {
  readonly path: RegExp;
  read(body: Body, target: string): AskedTurn;
  write(turn: ModelTurn, body: Body): Answer;
}

/** By the id of the provider in `agentProviders`. */
const dialects: readonly ModelDialect[] = [
  { path: /^\/chat\/v1\/chat\/completions$/, read: readChat, write: writeChat },
  { path: /^\/responses\/v1\/responses$/, read: readResponses, write: writeResponses },
  { path: /^\/anthropic\/v1\/messages$/, read: readAnthropic, write: writeAnthropic },
  { path: /^\/gemini\/v1beta\/models\/[^/]+:(?:streamG|g)enerateContent$/, read: readGemini, write: writeGemini },
  { path: /^\/ollama\/api\/chat$/, read: readOllama, write: writeOllama },
];

/** @param prefer names of tools that the model would rather call than others */
export function agentScript(task: AgentTask, prefer: readonly string[], journal: JournalEntry[]): Script {
  return (received: ReceivedRequest) => {
    const path = received.target.split('?')[0] ?? '';
    const dialect = received.method === 'POST' ? dialects.find((one) => one.path.test(path)) : undefined;
    if (!dialect) return json({ error: { message: `no model at ${received.method} ${path}` } }, { status: 404 });
    const body = bodyOf(received.json());
    const asked = dialect.read(body, path);
    const turn = decideTurn(asked, task, prefer);
    journal.push({ target: received.target, body, asked, turn });
    return dialect.write(turn, body);
  };
}

/**
 * Entries of a gateway's config, one for each dialect of the script. As some servers do, the two without ids of calls say nothing
 * by which one answer differs from another.
 */
export function agentProviders(origin: string): (ProviderEntry & { readonly id: UpstreamName })[] {
  return [
    {
      id: 'chat',
      kind: 'openai-compatible',
      baseUrl: `${origin}/chat/v1`,
      models: [upstreamModels.chat],
      dialects: ['openai-chat'],
    },
    {
      id: 'responses',
      kind: 'openai-compatible',
      baseUrl: `${origin}/responses/v1`,
      models: [upstreamModels.responses],
      dialects: ['openai-responses'],
    },
    { id: 'anthropic', kind: 'anthropic-compatible', baseUrl: `${origin}/anthropic/v1`, models: [upstreamModels.anthropic] },
    { id: 'gemini', kind: 'gemini-compatible', baseUrl: `${origin}/gemini/v1beta`, models: [upstreamModels.gemini] },
    { id: 'ollama', kind: 'ollama', baseUrl: `${origin}/ollama`, models: [upstreamModels.ollama], dialects: ['ollama'] },
  ];
}
