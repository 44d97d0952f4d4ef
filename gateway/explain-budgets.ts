/** How budgets stand now to the targets of a request that is explained: what the ledger would say of each, without asking it to hold anything. */
import type { BudgetBook } from './budget-book.ts';
import type { BudgetTrace, DecisionTrace } from './contract/decision.ts';
import type { Price } from './contract/money/price.ts';
import { answersWithText, askedOutputTokens } from './decision/estimate.ts';
import type { DecisionSnapshot } from './decision/question.ts';
import { boundCost } from './exchange/billing/cost-bound.ts';
import type { AskedRequest } from './exchange/features/asked-request.ts';
import type { PriceSource } from './exchange/price-source.ts';
import type { Budget } from './money/budgets/budget.ts';
import { applyingBudgets } from './money/budgets/applying-budgets.ts';
import { standingTrace } from './money/budgets/budget-trace.ts';
import { worstCost } from './money/worst-cost.ts';
import type { Provider } from './providers/build-provider.ts';
import type { BookedClient } from './secrets/client-book.ts';

export interface BudgetSources {
  readonly budgets: Pick<BudgetBook, 'of' | 'meterStanding' | 'periodAt'>;
  readonly prices: PriceSource;
  provider(id: string): Provider | null;
  /** Milliseconds since 1970. */
  now(): number;
}

export interface BudgetQuestion {
  readonly trace: Pick<DecisionTrace, 'targets' | 'rule' | 'settings' | 'features'>;
  readonly client: BookedClient | null;
  /** Null where it is not here: then it is bounded by what is known of its length. */
  readonly asked: Pick<AskedRequest, 'dialect' | 'request'> | null;
  readonly snapshot: Pick<DecisionSnapshot, 'facts'>;
}

/** @returns every budget that would apply, target by target in the order that they would be asked */
export async function budgetsNow(question: BudgetQuestion, sources: BudgetSources): Promise<BudgetTrace[]> {
  const { trace, client, asked } = question;
  const { budgets, prices, now } = sources;
  // What only counts costs nothing.
  const own: readonly Budget[] = asked?.dialect.countsFor ? [] : budgets.of(client);
  if (own.length === 0) return [];
  await prices.load();
  return trace.targets.flatMap((target) => {
    const slash = target.indexOf('/');
    const provider = sources.provider(target.slice(0, slash));
    const model = target.slice(slash + 1);
    if (!provider) return [];
    const spender = { provider: provider.id, model, rule: trace.rule };
    const applying = applyingBudgets(own, spender, now(), budgets.periodAt)?.budgets ?? [];
    const price = prices.priceOf(provider, model, now()) ?? null;
    const askedNanoUsd = price === null ? null : mostOf(question, provider, model, price);
    return applying.map((budget) =>
      standingTrace(budget, { target, price, standing: budgets.meterStanding(budget), askedNanoUsd }),
    );
  });
}

/** With the shortest answer that a hard budget would let it have, where it says nothing of that itself. */
function mostOf({ trace, asked, snapshot }: BudgetQuestion, provider: Provider, model: string, price: Price): number | null {
  const { features, settings } = trace;
  const askedTokens = askedOutputTokens(features, settings);
  if (asked === null) return mostByLength(features, askedTokens, price);
  const { contextTokens, maxOutputTokens } = snapshot.facts(provider.id, model);
  const limits = { askedTokens, inputTokens: null, contextTokens, maxOutputTokens };
  const bounds = boundCost({ candidate: { provider, model }, price, ...asked, ...limits })?.bounds ?? [];
  return bounds.at(-1)?.nanoUsd ?? null;
}

const shortestAnswer = 256;

function mostByLength(
  { inputTokens, unread, dialect }: DecisionTrace['features'],
  askedTokens: number | null,
  price: Price,
): number | null {
  if (unread.includes('inputTokens')) return null;
  const outputTokens = answersWithText({ dialect }) ? (askedTokens ?? shortestAnswer) : 0;
  return worstCost(price, { inputTokens, outputTokens });
}
