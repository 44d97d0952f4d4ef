/** The control calls about decisions: why a request goes where it goes, whether a policy is sound, and how targets stand. */
import type { BudgetBook } from './budget-book.ts';
import type { ConfigStore } from './config/config-store.ts';
import type { CallHandlers } from './contract/calls.ts';
import type { Engine } from './engine.ts';
import { budgetsNow } from './explain-budgets.ts';
import { explainRequest, type ExplainSources } from './explain-request.ts';
import { listTargets } from './list-targets.ts';
import { priceSource } from './price-book.ts';
import type { ClientBook } from './secrets/client-book.ts';
import type { Storage } from './storage/open-storage.ts';
import { validatePolicy } from './validate-policy.ts';

export interface DecisionCallParts {
  readonly config: ConfigStore;
  readonly engine: Engine;
  readonly clients: ClientBook;
  readonly storage: Storage;
  readonly budgets: BudgetBook;
}

export function decisionCalls(parts: DecisionCallParts) {
  const { config, engine } = parts;
  const sources = explainSources(parts);
  return {
    'decision.explain': (input) => explainRequest(input, sources),
    'policy.validate': (draft) =>
      validatePolicy(draft, config.current().document, {
        isListed: (model) => engine.snapshot.listing(model).length > 0,
        lists: (provider, model) => isInList(engine.directory.known(provider)?.models ?? null, model),
      }),
    'targets.list': () => {
      const { runtime, snapshot, state, keyPool } = engine;
      return { items: listTargets({ runtime, snapshot, state, keyPool, settings: runtime.reliability.breaker }) };
    },
  } satisfies Partial<CallHandlers>;
}

/** Ollama leaves out the tag that it takes for meant. Null where there is no list. */
function isInList(list: readonly { readonly id: string }[] | null, model: string): boolean | null {
  return list && list.some(({ id }) => id === model || id === `${model}:latest`);
}

function explainSources({ config, engine, clients, storage, budgets }: DecisionCallParts): ExplainSources {
  const prices = priceSource(engine.prices, Date.now);
  const provider = (id: string) => engine.runtime.providers.get(id)?.provider ?? null;
  return {
    policy: () => engine.runtime.policy,
    snapshot: async () => {
      await engine.snapshot.loadFacts();
      return engine.snapshot;
    },
    clock: () => engine.wallClock(Date.now()),
    document: () => config.current().document,
    documentOf(version) {
      const found = storage.configVersions.get(version);
      return found ? JSON.parse(found.documentJson) : null;
    },
    request: (id) => storage.getRequest(id),
    decisionInputs: (id) => storage.getDecisionInputs(id),
    client: (name) => clients.named(name),
    budgets: (question) => budgetsNow(question, { budgets, prices, provider, now: Date.now }),
  };
}
