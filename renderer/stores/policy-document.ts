/** The rules and aliases of a config as one document, and the edits that the window makes of it. Pure. */
import type { ConfigDocument } from './edit-providers.ts';
import { formatJson, isObject, type JsonObject } from './json-value.ts';

/** What is in it may be anything a person wrote: the gateway says what is wrong with it. */
export interface PolicyDocument {
  readonly rules: readonly unknown[];
  readonly aliases: JsonObject;
}

export const emptyPolicy: PolicyDocument = { rules: [], aliases: {} };

export function policyOf(document: ConfigDocument): PolicyDocument {
  const { policy, aliases } = document;
  const rules = isObject(policy) && Array.isArray(policy.rules) ? policy.rules : [];
  return { rules, aliases: isObject(aliases) ? aliases : {} };
}

/** A config with other rules and aliases; what it does not name stays unnamed. */
export function withPolicy(document: ConfigDocument, { rules, aliases }: PolicyDocument): ConfigDocument {
  const before = isObject(document.policy) ? document.policy : {};
  const next: Record<string, unknown> = { ...document };
  if (rules.length > 0 || document.policy !== undefined) next.policy = { ...before, rules };
  if (Object.keys(aliases).length > 0 || document.aliases !== undefined) next.aliases = aliases;
  return next;
}

export function formatPolicy({ rules, aliases }: PolicyDocument): string {
  return `${formatJson({ rules, aliases })}\n`;
}

/** Why a text is no policy, and where: the offset of its place; null where the text is no JSON, whose parser knows the place. */
export interface TextProblem {
  readonly message: string;
  readonly offset: number | null;
}

export type ReadPolicy =
  | { readonly ok: true; readonly policy: PolicyDocument }
  | { readonly ok: false; readonly problem: TextProblem };

const refuse = (message: string, offset: number | null = null): ReadPolicy => ({ ok: false, problem: { message, offset } });

export function readPolicy(text: string): ReadPolicy {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse('This is not valid JSON: a comma, a quotation mark or a bracket is missing or too many.');
  }
  if (!isObject(value)) return refuse('The document must be {"rules": […], "aliases": {…}}.', 0);
  const { rules = [], aliases = {}, ...others } = value;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    return refuse(`"${unknown}" is not part of it: the document has rules and aliases.`, text.indexOf(`"${unknown}"`));
  if (!Array.isArray(rules)) return refuse('"rules" must be a list in square brackets.', text.indexOf('"rules"'));
  if (!isObject(aliases)) return refuse('"aliases" must be an object in curly brackets.', text.indexOf('"aliases"'));
  return { ok: true, policy: { rules, aliases } };
}

export function ruleName(rule: unknown): string {
  return isObject(rule) && typeof rule.name === 'string' ? rule.name : '';
}

export const isEnabled = (rule: unknown): boolean => !isObject(rule) || rule.enabled !== false;

/** `code`, `code 2`, …: the first name that no rule has. */
export function freeRuleName(wanted: string, { rules }: PolicyDocument): string {
  return freeName(wanted, rules.map(ruleName), ' ');
}

export function freeAliasName(wanted: string, { aliases }: PolicyDocument): string {
  return freeName(wanted, Object.keys(aliases), '-');
}

function freeName(wanted: string, taken: readonly string[], between: string): string {
  if (!taken.includes(wanted)) return wanted;
  let number = 2;
  while (taken.includes(`${wanted}${between}${number}`)) number += 1;
  return `${wanted}${between}${number}`;
}

export function changeRule(policy: PolicyDocument, index: number, rule: unknown): PolicyDocument {
  return { ...policy, rules: policy.rules.with(index, rule) };
}

export function moveRule(policy: PolicyDocument, from: number, to: number): PolicyDocument {
  if (from === to || to < 0 || to >= policy.rules.length) return policy;
  return { ...policy, rules: policy.rules.toSpliced(from, 1).toSpliced(to, 0, policy.rules[from]) };
}

export function removeRule(policy: PolicyDocument, index: number): PolicyDocument {
  return { ...policy, rules: policy.rules.toSpliced(index, 1) };
}

export function insertRule(policy: PolicyDocument, index: number, rule: unknown): PolicyDocument {
  return { ...policy, rules: policy.rules.toSpliced(index, 0, rule) };
}

/** Puts a copy with a name of its own below the rule. */
export function duplicateRule(policy: PolicyDocument, index: number): PolicyDocument {
  const rule = policy.rules[index];
  if (!isObject(rule)) return policy;
  return insertRule(policy, index + 1, { ...rule, name: freeRuleName(`${ruleName(rule)} (copy)`, policy) });
}

/** Sets, renames (in its place) or, with an undefined value, removes an alias. */
export function changeAlias(
  policy: PolicyDocument,
  name: string,
  next: { readonly name: string; readonly value: unknown },
): PolicyDocument {
  const entries = Object.entries(policy.aliases);
  const changed = entries.flatMap(([known, value]): [string, unknown][] => {
    if (known !== name) return known === next.name ? [] : [[known, value]];
    return next.value === undefined ? [] : [[next.name, next.value]];
  });
  if (!Object.hasOwn(policy.aliases, name) && next.value !== undefined) changed.push([next.name, next.value]);
  return { ...policy, aliases: Object.fromEntries(changed) };
}
