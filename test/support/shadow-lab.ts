/** The real gateway between clients, the provider that answers them (`main`) and the one that gets copies (`copy`). */
import type { GatewayConfigDocument } from '../../gateway/contract/config.ts';
import type { RequestDetail, ShadowRecord } from '../../gateway/contract/records.ts';
import { eventually, soundStream, wholeAnswer } from './fault-lab.ts';
import { postsTo, type ReceivedRequest, type Script, type ScriptedUpstream, startScriptedUpstream } from './scripted-upstream.ts';
import { type RunningGateway, startGateway, type StartOptions } from './start-gateway.ts';
import { type Answer, json } from './upstream-answers.ts';

export const mainKey = 'sk-main-0123456789abcdef';
export const copyKey = 'sk-copy-0123456789abcdef';

export type PolicyRules = NonNullable<NonNullable<GatewayConfigDocument['policy']>['rules']>;
type ProviderEntry = NonNullable<GatewayConfigDocument['providers']>[number];
type ShadowRule = NonNullable<PolicyRules[number]['shadow']>;

export interface ShadowLabFacts {
  readonly rules?: PolicyRules;
  readonly copyScript?: Script | Answer;
  /** Laid over the entry of the provider `copy`. */
  readonly copyProvider?: (copy: ScriptedUpstream) => Partial<ProviderEntry>;
  readonly config?: Partial<GatewayConfigDocument>;
  readonly start?: StartOptions;
}

export interface ShadowLab extends AsyncDisposable {
  readonly gateway: RunningGateway;
  readonly main: ScriptedUpstream;
  readonly copy: ScriptedUpstream;
  /** Requests for answers that the shadow's target was sent. */
  copies(): readonly ReceivedRequest[];
  row(id: string): Promise<RequestDetail>;
  /** The shadow of a request, as soon as it is over. */
  shadowOf(id: string): Promise<ShadowRecord>;
}

/** One rule that mirrors what it is told to `copy/m`. */
export function mirror(change: Partial<ShadowRule> = {}): PolicyRules {
  return [{ name: 'mirror', shadow: { target: 'copy/m', share: 1, ...change } }];
}

/** Streams to who asks for a stream, and answers whole to who does not. */
export const wellBehaved =
  (texts: readonly string[] = ['All ', 'is ', 'well.']): Script =>
  (request) => {
    const { stream } = request.json() as { readonly stream?: boolean };
    return stream === true ? soundStream(texts) : json(wholeAnswer(texts.join('')));
  };

export async function startShadowLab(facts: ShadowLabFacts = {}): Promise<ShadowLab> {
  const main = await startScriptedUpstream(wellBehaved());
  const copy = await startScriptedUpstream(facts.copyScript ?? wellBehaved(['A ', 'copy.']));
  const provider = { kind: 'openai-compatible' as const, models: ['m'] };
  const gateway = await startGateway({
    ...facts.start,
    config: {
      version: 1,
      policy: { rules: facts.rules ?? mirror() },
      ...facts.config,
      providers: [
        { ...provider, id: 'main', baseUrl: main.baseUrl, keys: ['env:MAIN_KEY'] },
        { ...provider, id: 'copy', baseUrl: copy.baseUrl, keys: ['env:COPY_KEY'], ...facts.copyProvider?.(copy) },
        ...(facts.config?.providers ?? []),
      ],
    },
    environment: { MAIN_KEY: mainKey, COPY_KEY: copyKey, ...facts.start?.environment },
  });
  const row = (id: string) => gateway.call('requests.get', { id });
  return {
    gateway,
    main,
    copy,
    copies: () => postsTo(copy),
    row,
    shadowOf: (id) => eventually(async () => (await row(id)).shadow, `the shadow of ${id} is over`),
    async [Symbol.asyncDispose]() {
      await gateway.stop();
      await main.stop();
      await copy.stop();
    },
  };
}
