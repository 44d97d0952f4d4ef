/** What the gateway says of the draft: each rule as a sentence, and what is wrong where. Asked anew a moment after each change. */
import { useEffect } from 'react';
import { create } from 'zustand';
import { control } from '../control.ts';
import { type ConfigAnswer, useGateway } from './gateway.ts';
import { messageOf } from './message-of.ts';
import { type PolicyDocument, ruleName } from './policy-document.ts';
import { usePolicyDraft } from './policy-draft.ts';

export interface PolicyProblem {
  /** Dotted, from the document's root: `rules.0.use`. */
  readonly path: string;
  readonly message: string;
  /** A warning keeps nothing from being applied. */
  readonly severity: 'error' | 'warning';
}

export interface PolicyCheck {
  /** What was checked: its rules are found again by being the same objects. */
  readonly policy: PolicyDocument;
  readonly problems: readonly PolicyProblem[];
  readonly sentences: readonly (string | null)[];
}

interface PolicyCheckStore {
  readonly check: PolicyCheck | null;
  /** What it was checked against: providers and their models are part of what is right. */
  readonly config: ConfigAnswer | null;
  /** Is the newest draft not checked yet? */
  readonly pending: boolean;
  /** Why it could not be checked. */
  readonly error: string | null;
}

export const usePolicyCheck = create<PolicyCheckStore>(() => ({ check: null, config: null, pending: true, error: null }));

/** Long enough not to ask at every key, short enough to look immediate. */
const pauseMs = 200;
let turn = 0;

async function checkPolicy(policy: PolicyDocument, config: ConfigAnswer, mine: number): Promise<void> {
  try {
    const { problems, sentences } = await control.call('policy.validate', { rules: [...policy.rules], aliases: policy.aliases });
    const told = problems.map(({ path, message, severity = 'error' }) => ({
      path: path.replace(/^policy\./, ''),
      message,
      severity,
    }));
    if (mine === turn)
      usePolicyCheck.setState({ check: { policy, problems: told, sentences }, config, pending: false, error: null });
  } catch (error) {
    if (mine === turn) usePolicyCheck.setState({ pending: false, error: messageOf(error) });
  }
}

/** Keeps the draft checked while a screen shows it: against every config that comes, and again once the gateway is back. */
export function useChecking(): void {
  const policy = usePolicyDraft((draft) => draft.policy);
  const config = useGateway((state) => state.config);
  useEffect(() => {
    const known = usePolicyCheck.getState();
    if (!config) return undefined;
    // What is still on its way is about something older.
    turn += 1;
    const mine = turn;
    const isKnown = known.check?.policy === policy && known.config === config && known.error === null;
    usePolicyCheck.setState({ pending: !isKnown });
    if (isKnown) return undefined;
    const timer = setTimeout(() => void checkPolicy(policy, config, mine), known.check === null ? 0 : pauseMs);
    return () => clearTimeout(timer);
  }, [policy, config]);
}

/** Where a rule stood when it was checked; a rule that was edited since is taken for the one in its place. */
function placeWhenChecked(check: PolicyCheck, rule: unknown, index: number): number {
  const same = check.policy.rules.indexOf(rule);
  if (same >= 0) return same;
  const named = check.policy.rules.findIndex((one) => ruleName(one) === ruleName(rule));
  return named >= 0 ? named : index;
}

/** Null: it is refused, or not checked yet. */
export function sentenceOf(check: PolicyCheck | null, rule: unknown, index: number): string | null {
  return check?.sentences[placeWhenChecked(check, rule, index)] ?? null;
}

/** What keeps the draft from being applied. */
export function mistakesOf(check: PolicyCheck | null): readonly PolicyProblem[] {
  return check?.problems.filter(({ severity }) => severity === 'error') ?? [];
}

/** `in the rule “code”`: where to look for a problem. */
export function whereOf({ path }: PolicyProblem, { policy }: PolicyCheck): string {
  const [, list, step = ''] = /^(rules|aliases)\.(.+)$/.exec(path) ?? [];
  if (list === 'rules') {
    const place = Number.parseInt(step, 10);
    return `in the rule ${quotedName(ruleName(policy.rules[place])) ?? place + 1}`;
  }
  const alias = Object.keys(policy.aliases).find((name) => step === name || step.startsWith(`${name}.`));
  return alias === undefined ? 'in the document' : `in the alias “${alias}”`;
}

const quotedName = (name: string): string | null => (name === '' ? null : `“${name}”`);

/** What is wrong with a rule, by the place within it: `use`, `limits.maxCostUsd`; the whole rule is ''. */
export function ruleProblems(
  check: PolicyCheck | null,
  rule: unknown,
  index: number,
  severity: PolicyProblem['severity'] = 'error',
): ReadonlyMap<string, string> {
  return check ? problemsBelow(check, `rules.${placeWhenChecked(check, rule, index)}`, severity) : new Map();
}

export function problemsBelow(
  check: PolicyCheck | null,
  place: string,
  severity: PolicyProblem['severity'] = 'error',
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { path, message } of check?.problems.filter((one) => one.severity === severity) ?? []) {
    if (path === place) found.set('', message);
    else if (path.startsWith(`${place}.`)) found.set(path.slice(place.length + 1), message);
  }
  return found;
}
