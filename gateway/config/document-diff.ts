/** What differs between two config documents, place by place, as a person would say it. */
import { isDeepStrictEqual } from 'node:util';

/** Left out: there is nothing on that side. */
export interface DocumentChange {
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/**
 * Compares two documents.
 * @returns the changes in the order of the documents. Providers and rules are matched by their id or name, so that one more at
 * the top is one change: `providers["lab"].baseUrl`. Such a list in another order is a change of `providers[order]`
 */
export function diffDocuments(before: unknown, after: unknown): DocumentChange[] {
  return diffValues('', { value: before }, { value: after });
}

/** `value` is missing where the document has nothing. */
interface Side {
  readonly value?: unknown;
}

function diffValues(path: string, before: Side, after: Side): DocumentChange[] {
  if (isDeepStrictEqual(before.value, after.value)) return [];
  if (isTree(before.value) && isTree(after.value)) return diffTrees(path, before.value, after.value);
  if (Array.isArray(before.value) && Array.isArray(after.value)) {
    const items = diffItems(path, before.value, after.value);
    if (items !== null) return items;
  }
  return [change(path, before, after)];
}

function change(path: string, before: Side, after: Side): DocumentChange {
  return {
    path: path || '(document)',
    ...(before.value === undefined ? {} : { before: before.value }),
    ...(after.value === undefined ? {} : { after: after.value }),
  };
}

type Tree = Readonly<Record<string, unknown>>;

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function diffTrees(path: string, before: Tree, after: Tree): DocumentChange[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => diffValues(keyPath(path, key), sideAt(before, key), sideAt(after, key)));
}

function sideAt(tree: Tree, key: string): Side {
  return Object.hasOwn(tree, key) ? { value: tree[key] } : {};
}

/** Null where the items have no names of their own to match them by. */
function diffItems(path: string, before: readonly unknown[], after: readonly unknown[]): DocumentChange[] | null {
  const named = { before: byName(before), after: byName(after) };
  if (!named.before || !named.after) return null;
  const names = new Set([...named.after.keys(), ...named.before.keys()]);
  const changes = [...names].flatMap((name) =>
    diffValues(`${path}[${JSON.stringify(name)}]`, { value: named.before?.get(name) }, { value: named.after?.get(name) }),
  );
  const order = { before: keptOrder(named.before, named.after), after: keptOrder(named.after, named.before) };
  if (isDeepStrictEqual(order.before, order.after)) return changes;
  return [...changes, { path: `${path}[order]`, before: order.before, after: order.after }];
}

function byName(items: readonly unknown[]): ReadonlyMap<string, unknown> | null {
  const found = new Map<string, unknown>();
  for (const item of items) {
    const name = isTree(item) ? (item.id ?? item.name ?? item.model ?? item.ref) : null;
    if (typeof name !== 'string' || found.has(name)) return null;
    found.set(name, item);
  }
  return found;
}

function keptOrder(items: ReadonlyMap<string, unknown>, others: ReadonlyMap<string, unknown>): string[] {
  return [...items.keys()].filter((name) => others.has(name));
}

/** Names such as `gpt-5.5` would be read as two steps of a dotted path. */
function keyPath(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$-]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}
