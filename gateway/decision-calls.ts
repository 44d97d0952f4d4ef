/** The control calls about decisions: why a request goes where it goes, whether a policy is sound, and how targets stand. */
import type { ConfigStore } from './config/config-store.ts';
import { CallError, type CallHandlers } from './contract/calls.ts';
import { parseConfig } from './contract/config.ts';
import type { DecisionTrace, TargetState } from './contract/decision.ts';
import { decide } from './decision/decide.ts';
import { dialects, upstreamDialects } from './dialects/index.ts';
import type { Engine } from './engine.ts';

export interface DecisionCallParts {
  readonly config: ConfigStore;
  readonly engine: Engine;
}

export function decisionCalls({ config, engine }: DecisionCallParts) {
  return {
    'decision.explain': ({ request, dialect, client = null }): DecisionTrace => {
      if (!request) throw new CallError('not-found', 'The log keeps nothing of how this request was decided.', 'id');
      const door = dialects.get(dialect);
      const features = { requestedModel: request.model, dialects: door ? upstreamDialects(door) : [dialect] };
      const { resolvedAs, candidates, targets, refusal } = decide(features, engine.runtime.policy, engine.snapshot());
      const estimates = { estimatedCostUsd: null, estimatedDurationMs: null };
      return {
        requestedModel: request.model,
        resolvedAs,
        rule: null,
        pinnedBy: null,
        strategy: null,
        features: { ...unaskedFeatures, requestedModel: request.model, dialect, client },
        rules: [],
        candidates: candidates.map(({ target, chosen, reason }, place) => {
          const code = chosen ? (place === 0 ? 'chosen' : 'next') : 'no-provider';
          return {
            target,
            chosen,
            place: chosen ? place + 1 : null,
            code,
            reason,
            state: unknownState,
            ...estimates,
            local: false,
          };
        }),
        targets: targets.map(({ provider, model }) => `${provider}/${model}`),
        settings: { defaults: {}, overrides: {}, caps: {} },
        refusal,
        counterfactuals: [],
        catalogVersion: '',
        configVersion: engine.runtime.configVersion,
        atMs: Date.now(),
      };
    },
    'policy.validate': ({ rules, aliases }) => {
      const { document } = config.current();
      const draft = { ...document, policy: { rules }, aliases: aliases ?? document.aliases };
      const parsed = parseConfig(draft);
      return { problems: parsed.ok ? [] : [...parsed.problems], sentences: rules.map(() => null) };
    },
    'targets.list': () => ({ items: [] }),
  } satisfies Partial<CallHandlers>;
}

const unaskedFeatures = {
  task: 'chat',
  taskSaid: false,
  sensitivity: 'normal',
  inputTokens: 0,
  maxOutputTokens: null,
  stream: false,
  tools: false,
  images: false,
  schema: false,
  reasoning: false,
  session: null,
  headers: {},
  metadata: {},
} as const;

const unknownState: TargetState = {
  breaker: 'closed',
  key: 'none',
  firstTokenMs: null,
  tokensPerSecond: null,
  samples: 0,
  inFlight: 0,
  loaded: null,
};
