/** Checks rules and aliases that are not in force, as the config that holds them would be, and says each rule in words. */
import type { CallInput, CallOutput } from './contract/calls.ts';
import { type ConfigProblem, type GatewayConfig, parseConfig } from './contract/config.ts';
import { ruleSchema } from './contract/policy/rule.ts';
import { type CheckedPolicy, policyProblems } from './decision/check/check-policy.ts';
import { describeRule } from './decision/words/describe-rule.ts';
import { policyProviders } from './exchange/runtime.ts';

type Draft = CallInput<'policy.validate'>;
type KnownLists = Required<Pick<CheckedPolicy, 'isListed' | 'lists'>>;

/**
 * @param document the one in force, whose rules and aliases the draft stands in for
 * @param lists what providers are known to list
 */
export function validatePolicy(
  draft: Draft,
  document: Readonly<Record<string, unknown>>,
  lists: KnownLists,
): CallOutput<'policy.validate'> {
  const { rules, aliases } = draft;
  const parsed = parseConfig({ ...document, policy: { rules }, ...(aliases === undefined ? {} : { aliases }) });
  const problems = parsed.ok
    ? findPolicyProblems(parsed.config, lists)
    : parsed.problems.map((problem) => ({ ...problem, severity: 'error' as const }));
  return {
    problems: problems.map(({ path, message, severity }) => ({ path, message, severity })),
    sentences: rules.map((rule) => {
      const read = ruleSchema.safeParse(rule);
      return read.success ? describeRule(read.data) : null;
    }),
  };
}

/** What must not come into force, whatever its form. */
export function refusedByPolicy(config: GatewayConfig): readonly ConfigProblem[] {
  return findPolicyProblems(config)
    .filter(({ severity }) => severity === 'error')
    .map(({ path, message }) => ({ path, message }));
}

function findPolicyProblems(config: GatewayConfig, lists: Partial<KnownLists> = {}) {
  const providers = policyProviders(config).map((provider, place) => ({ ...provider, models: config.providers[place]?.models }));
  return policyProblems({ policy: config.policy, aliases: config.aliases, providers, ...lists });
}
