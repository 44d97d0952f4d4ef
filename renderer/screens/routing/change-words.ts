/** Says what differs between two configs, by the places that people know. Pure. */
import { formatJson } from '../../stores/json-value.ts';
import type { ConfigChange } from '../../stores/versions.ts';

export interface ChangeWords {
  /** `Rule “code”: when.task`. */
  readonly where: string;
  readonly kind: 'added' | 'removed' | 'changed' | 'moved';
  /** Null: nothing was, or is, there. */
  readonly before: string | null;
  readonly after: string | null;
}

/** A list of names in another order is read as names, not as JSON. */
function textOf(value: unknown, path: string): string | null {
  if (path.endsWith('.enabled')) return value === false ? 'off' : 'on';
  const isOrder = path.endsWith('[order]');
  if (value === undefined) return null;
  if (isOrder && Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' ? value : formatJson(value, '  ');
}

export function changeWords({ path, before, after }: ConfigChange): ChangeWords {
  const isSwitch = path.endsWith('.enabled');
  const kind = path.endsWith('[order]')
    ? 'moved'
    : isSwitch
      ? 'changed'
      : before === undefined
        ? 'added'
        : after === undefined
          ? 'removed'
          : 'changed';
  return { where: whereWords(path), kind, before: textOf(before, path), after: textOf(after, path) };
}

const lists: readonly (readonly [list: string, one: string, all: string])[] = [
  ['policy.rules', 'Rule', 'rules'],
  ['providers', 'Provider', 'providers'],
  ['aliases', 'Alias', 'aliases'],
];

/** An item of a list is written `rules["code"].when`, a name without odd letters also `aliases.fast.targets`. */
function whereWords(path: string): string {
  for (const [list, one, all] of lists) {
    if (path === list) return `The ${all}`;
    if (path === `${list}[order]`) return `The order of the ${all}`;
    if (!path.startsWith(list)) continue;
    const [, quoted, plain, rest = ''] = /^(?:\[("(?:[^"\\]|\\.)*")\]|\.([\w$-]+))\.?(.*)$/.exec(path.slice(list.length)) ?? [];
    const name = quoted === undefined ? plain : nameIn(quoted);
    if (name !== undefined) return rest === '' ? `${one} “${name}”` : `${one} “${name}”: ${rest}`;
  }
  return path;
}

function nameIn(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}
