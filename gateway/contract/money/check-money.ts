/** What budgets, prices and limits of a config name must be there. */
import type { ConfigBudget } from './budget.ts';
import type { PriceOverride } from './price.ts';
import type { RateLimits } from './rate-limits.ts';

interface MoneyPart {
  readonly providers: readonly { readonly id: string }[];
  readonly policy: { readonly rules: readonly { readonly name: string }[] };
  readonly budgets: readonly ConfigBudget[];
  readonly prices: { readonly overrides: Readonly<Record<string, PriceOverride>> };
  readonly limits: { readonly providers: Readonly<Record<string, RateLimits>> };
}

export interface MoneyProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

export function moneyProblems(config: MoneyPart): MoneyProblem[] {
  const providers = new Set(config.providers.map(({ id }) => id));
  const isUnknown = (name: string): boolean => !providers.has(providerOf(name));
  const unknown = (name: string): string => `there is no provider "${providerOf(name)}" in this config`;
  return [
    ...budgetProblems(config, providers),
    ...Object.keys(config.prices.overrides)
      .filter((name) => !name.includes('/') || isUnknown(name))
      .map((name) => ({
        path: ['prices', 'overrides', name],
        message: name.includes('/') ? unknown(name) : 'must be provider/model',
      })),
    ...Object.keys(config.limits.providers)
      .filter(isUnknown)
      .map((name) => ({ path: ['limits', 'providers', name], message: unknown(name) })),
  ];
}

function budgetProblems({ budgets, policy }: MoneyPart, providers: ReadonlySet<string>): MoneyProblem[] {
  const rules = new Set(policy.rules.map(({ name }) => name));
  const seen = new Set<string>();
  return budgets.flatMap(({ name, provider, model, rule }, index) => {
    const problems: MoneyProblem[] = [];
    const refuse = (field: string, message: string) => problems.push({ path: ['budgets', index, field], message });
    if (seen.has(name)) refuse('name', `"${name}" is used twice; every budget needs a name of its own`);
    seen.add(name);
    if (provider !== undefined && !providers.has(provider))
      refuse('provider', `there is no provider "${provider}" in this config`);
    if (model?.includes('/') === true && !providers.has(providerOf(model)))
      refuse('model', `there is no provider "${providerOf(model)}" in this config`);
    if (rule !== undefined && !rules.has(rule)) refuse('rule', `there is no rule "${rule}" in this config`);
    return problems;
  });
}

/** Of `provider/model`: split at the first slash. */
function providerOf(name: string): string {
  return name.split('/', 1)[0] ?? '';
}
