/** The gateway as a process between real clients and two providers: the built-in `demo`, and `lab`, a scripted OpenAI. */
import type { RecordedUsage, RequestDetail } from '../../gateway/contract/records.ts';
import { openAiScript, type OpenAiScriptFacts } from './openai-script.ts';
import { postsTo, type ScriptedUpstream, startScriptedUpstream } from './scripted-upstream.ts';
import { type RunningGateway, startGateway } from './start-gateway.ts';

/** The key that the gateway holds for `lab`; no client ever knows it. */
export const labKey = 'sk-lab-0123456789abcdef';

/** What the scripted OpenAI reports of every chat and completion, as the log tells it. */
export const labUsage: RecordedUsage = {
  inputTokens: 21,
  cachedInputTokens: 8,
  cacheWriteTokens: null,
  outputTokens: 13,
  reasoningTokens: 5,
  estimated: false,
};

/** What it reports of embeddings. */
export const labEmbeddingUsage: RecordedUsage = {
  inputTokens: 9,
  cachedInputTokens: null,
  cacheWriteTokens: null,
  outputTokens: null,
  reasoningTokens: null,
  estimated: false,
};

export interface Lab extends AsyncDisposable {
  readonly gateway: RunningGateway;
  readonly upstream: ScriptedUpstream;
  /** What clients are pointed at: the gateway's address with `/v1`. */
  readonly baseUrl: string;
  readonly clientKey: string;
  /** The newest row of the log, whole. */
  newestRow(): Promise<RequestDetail>;
  /** How many rows the log has. */
  countRows(): Promise<number>;
  /** How many requests the upstream has been sent for answers; those for its model list are left out. */
  countAsked(): number;
}

/** Starts both; the upstream answers as OpenAI does unless a test gives it another answer. */
export async function startLab(facts: OpenAiScriptFacts = {}): Promise<Lab> {
  const upstream = await startScriptedUpstream(openAiScript(facts));
  const gateway = await startGateway({
    config: {
      version: 1,
      providers: [
        { id: 'demo', kind: 'demo' },
        { id: 'lab', kind: 'openai-compatible', baseUrl: upstream.baseUrl, keys: ['env:LAB_KEY'] },
      ],
    },
    environment: { LAB_KEY: labKey },
  });
  const list = (limit: number) => gateway.call('requests.list', { limit });
  return {
    gateway,
    upstream,
    baseUrl: `${gateway.url}/v1`,
    clientKey: gateway.clientKey,
    async newestRow() {
      const [item] = (await list(1)).items;
      if (!item) throw new Error('The log has no row.');
      return await gateway.call('requests.get', { id: item.id });
    },
    countRows: async () => (await list(500)).items.length,
    countAsked: () => postsTo(upstream).length,
    async [Symbol.asyncDispose]() {
      await gateway.stop();
      await upstream.stop();
    },
  };
}
