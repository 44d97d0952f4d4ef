/** One gateway between every door and five upstreams, one of each dialect; each question finds its own answer by its mark. */
import type { RequestDetail } from '../../../gateway/contract/records.ts';
import { type ReceivedRequest, type ScriptedUpstream, startScriptedUpstream } from '../scripted-upstream.ts';
import { type RunningGateway, startGateway } from '../start-gateway.ts';
import { type Answer, json } from '../upstream-answers.ts';
import { type Access, type Door, type Failure, type Heads, watchGlobalFetch, watching } from './door.ts';
import { type Ask, type Heard, type Seen, type Speaker, speakerAt } from './sayings.ts';
import { anthropicSpeaker } from './speak-anthropic.ts';
import { geminiSpeaker } from './speak-gemini.ts';
import { ollamaSpeaker } from './speak-ollama.ts';
import { openAiChatSpeaker } from './speak-openai-chat.ts';
import { openAiResponsesSpeaker } from './speak-openai-responses.ts';

export const speakers: readonly Speaker[] = [
  openAiChatSpeaker,
  openAiResponsesSpeaker,
  anthropicSpeaker,
  geminiSpeaker,
  ollamaSpeaker,
];

/** The model that each upstream is asked for. */
export const wireModels: Readonly<Record<Speaker['dialect'], string>> = {
  'openai-chat': 'gpt-wire',
  'openai-responses': 'gpt-wire',
  'anthropic-messages': 'claude-sonnet-4-5',
  gemini: 'gemini-2.5-pro',
  ollama: 'qwen3:8b',
};

/** What clients call an upstream's model: no dialect has trouble with this name. */
export const nameOf = ({ dialect }: Speaker): string => `to-${dialect}`;

/** Says how to answer one question of a conversation. */
export type Reply = (received: ReceivedRequest, heard: Heard) => Answer;

/** What came of one question. */
export interface Outcome {
  readonly seen: Seen | null;
  readonly failure: Failure | null;
  /** What the upstream was asked; empty when nothing was sent. */
  readonly heard: readonly Heard[];
  readonly received: readonly ReceivedRequest[];
  readonly headers: Headers;
  readonly row: RequestDetail;
}

export interface MatrixLab extends AsyncDisposable {
  readonly access: Access;
  readonly gateway: RunningGateway;
  /** Asks by one door; `reply` answers whatever of it arrives at an upstream. */
  ask(question: Question): Promise<Outcome>;
}

export interface Question {
  readonly door: Door;
  readonly model: string;
  readonly ask: Ask;
  readonly reply: Reply;
}

/** Stands in the first user turn and finds the reply wherever it arrives. */
const markOf = /\[mark-(\d+)\]/;

function marked(ask: Ask, mark: number): Ask {
  const place = ask.turns.findIndex(({ role }) => role === 'user');
  const turns = ask.turns.map((turn, index) =>
    index === place && turn.role === 'user' ? { ...turn, text: `[mark-${mark}] ${turn.text}` } : turn,
  );
  return { ...ask, turns };
}

/** What was said without its mark, to be held against what was meant. */
export const unmarked = (text: string): string => text.replace(/\[mark-\d+\] /, '');

interface Pending {
  readonly reply: Reply;
  readonly heard: Heard[];
  readonly received: ReceivedRequest[];
}

export async function startMatrixLab(): Promise<MatrixLab> {
  const pending = new Map<number, Pending>();
  const upstreams: ScriptedUpstream[] = [];
  for (const speaker of speakers) {
    const upstream = await startScriptedUpstream((received) => {
      if (received.method !== 'POST') return json({ data: [], models: [] });
      const body = received.json();
      const [, mark] = markOf.exec(received.body.toString('utf8')) ?? [];
      const found = pending.get(Number(mark));
      if (!found) throw new Error(`nobody asked ${received.body.toString('utf8').slice(0, 300)}`);
      const heard = speakerAt(speaker, received.target).hear(received.target, body);
      found.heard.push(heard);
      found.received.push(received);
      return found.reply(received, heard);
    });
    upstreams.push(upstream);
  }
  const kinds = {
    'openai-chat': 'openai-compatible',
    'openai-responses': 'openai-compatible',
    'anthropic-messages': 'anthropic-compatible',
    gemini: 'gemini-compatible',
    ollama: 'ollama',
  } as const;
  const gateway = await startGateway({
    config: {
      version: 1,
      // Every upstream fails by the hundred here, and is meant to be asked each time.
      reliability: { breaker: { failures: 1_000 }, retryBudget: { percent: 100, minimum: 1_000 } },
      providers: speakers.map(({ dialect }, index) => ({
        id: dialect,
        kind: kinds[dialect],
        baseUrl: dialect === 'ollama' ? (upstreams[index]?.origin ?? '') : (upstreams[index]?.baseUrl ?? ''),
        dialects: [dialect],
      })),
      aliases: Object.fromEntries(
        speakers.map((speaker) => [nameOf(speaker), { targets: [`${speaker.dialect}/${wireModels[speaker.dialect]}`] }]),
      ),
    },
  });
  const access = { url: gateway.url, key: gateway.clientKey };
  const unwatch = watchGlobalFetch();
  let marks = 0;
  return {
    access,
    gateway,
    async ask({ door, model, ask, reply }) {
      marks += 1;
      const mark = marks;
      const waiting: Pending = { reply, heard: [], received: [] };
      pending.set(mark, waiting);
      const heads: Heads = { headers: [] };
      const extra: Readonly<Record<string, string>> = ask.strict === true ? { 'x-gatehouse-strict': 'true' } : {};
      let seen: Seen | null = null;
      let failure: Failure | null = null;
      try {
        seen = await watching(heads, extra, () => door.ask(access, model, marked(ask, mark)));
      } catch (error) {
        failure = door.readFailure(error);
      }
      const headers = heads.headers.at(-1);
      const id = headers?.get('x-request-id');
      if (!headers || !id) throw new Error(`no answer came: ${failure?.name} ${failure?.message}`);
      const row = await gateway.call('requests.get', { id });
      return { seen, failure, heard: waiting.heard, received: waiting.received, headers, row };
    },
    async [Symbol.asyncDispose]() {
      unwatch();
      await gateway.stop();
      for (const upstream of upstreams) await upstream.stop();
    },
  };
}
