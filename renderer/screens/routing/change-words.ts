/** Says what differs between two configs, by the places that people know. Pure. */
import { formatJson, isObject } from '../../stores/json-value.ts';
import { ruleName } from '../../stores/policy-document.ts';
import type { ConfigChange } from '../../stores/versions.ts';

export interface ChangeWords {
  /** `Rule “code” · when.task`. */
  readonly where: string;
  readonly kind: 'added' | 'removed' | 'changed';
  /** Null: nothing was, or is, there. */
  readonly before: string | null;
  readonly after: string | null;
}

const text = (value: unknown): string | null => (value === undefined ? null : typeof value === 'string' ? value : formatJson(value, '  '));

/** @param rules the rules of either side, by their index, for their names */
export function changeWords({ path, before, after }: ConfigChange, rules: readonly unknown[]): ChangeWords {
  const kind = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
  return { where: whereWords(path, after ?? before, rules), kind, before: text(before), after: text(after) };
}

function whereWords(path: string, value: unknown, rules: readonly unknown[]): string {
  const rule = /^policy\.rules\.(\d+)(?:\.(.+))?$/.exec(path);
  if (rule) {
    const index = Number(rule[1]);
    const name = (rule[2] === undefined && isObject(value) ? ruleName(value) : '') || ruleName(rules[index]);
    const title = name === '' ? `Rule ${index + 1}` : `Rule ${index + 1}, “${name}”`;
    return rule[2] === undefined ? title : `${title}: ${rule[2]}`;
  }
  if (path === 'policy.rules') return 'The rules';
  const alias = /^aliases\.(.+)$/.exec(path)?.[1];
  return alias === undefined ? path : `Alias ${alias}`;
}
