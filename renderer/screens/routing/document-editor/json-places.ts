/** Finds places in the syntax tree of a JSON text: where a path lies, and which path a position has. Pure. */
import type { SyntaxNode, Tree } from '@lezer/common';

export interface Span {
  readonly from: number;
  readonly to: number;
}

const values: readonly string[] = ['Object', 'Array', 'String', 'Number', 'True', 'False', 'Null', '⚠'];

function valueOf(node: SyntaxNode): SyntaxNode | null {
  for (let child = node.lastChild; child; child = child.prevSibling) {
    if (values.includes(child.name) && child.name !== '⚠') return child;
  }
  return null;
}

function children(node: SyntaxNode, name?: string): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (name === undefined ? values.includes(child.name) && child.name !== '⚠' : child.name === name) found.push(child);
  }
  return found;
}

/** A property's name without its quotation marks. */
export function nameOf(property: SyntaxNode, text: string): string {
  const name = property.getChild('PropertyName');
  if (!name) return '';
  const written = text.slice(name.from, name.to);
  try {
    return String(JSON.parse(written));
  } catch {
    return written.replaceAll('"', '');
  }
}

/**
 * The place of a dotted path, or of the nearest part of it that is there.
 * A name may hold dots itself: the longest that fits is taken.
 */
export function spanOf(tree: Tree, text: string, path: string): Span {
  const root = valueOf(tree.topNode);
  if (!root) return { from: 0, to: text.length };
  let node = root;
  let span: Span = { from: root.from, to: Math.min(root.from + 1, text.length) };
  let rest = path;
  while (rest !== '') {
    const step = node.name === 'Array' ? stepInto(children(node), rest) : stepByName(node, text, rest);
    if (!step) break;
    node = step.value;
    span = step.span;
    rest = step.rest;
  }
  return span;
}

interface Step {
  readonly value: SyntaxNode;
  readonly span: Span;
  readonly rest: string;
}

function stepInto(items: readonly SyntaxNode[], path: string): Step | null {
  const [, index, rest = ''] = /^(\d+)(?:\.(.*))?$/.exec(path) ?? [];
  const value = index === undefined ? undefined : items[Number(index)];
  return value ? { value, span: marked(value), rest } : null;
}

function stepByName(node: SyntaxNode, text: string, path: string): Step | null {
  let best: { property: SyntaxNode; name: string } | null = null;
  for (const property of children(node, 'Property')) {
    const name = nameOf(property, text);
    const fits = path === name || path.startsWith(`${name}.`);
    if (fits && (best === null || name.length > best.name.length)) best = { property, name };
  }
  if (!best) return null;
  const value = valueOf(best.property);
  const name = best.property.getChild('PropertyName');
  const rest = path.slice(best.name.length + 1);
  if (!value) return null;
  return { value, span: marked(value, name), rest };
}

/** What is marked of a value: all of a plain one, and of one with parts its name or its bracket. */
function marked(value: SyntaxNode, name: SyntaxNode | null = null): Span {
  if (value.name !== 'Object' && value.name !== 'Array') return { from: value.from, to: value.to };
  return name ? { from: name.from, to: name.to } : { from: value.from, to: value.from + 1 };
}

/** The object or list around a position, and its path from the root. */
export interface Around {
  readonly node: SyntaxNode;
  readonly path: readonly string[];
}

export function aroundOf(start: SyntaxNode, text: string): Around | null {
  let node: SyntaxNode | null = start;
  while (node && node.name !== 'Object' && node.name !== 'Array') node = node.parent;
  return node && { node, path: pathOf(node, text) };
}

export function pathOf(start: SyntaxNode, text: string): string[] {
  const path: string[] = [];
  let node: SyntaxNode = start;
  while (node.parent) {
    const parent: SyntaxNode = node.parent;
    if (parent.name === 'Property') path.unshift(nameOf(parent, text));
    if (parent.name === 'Array') path.unshift(String(children(parent).findIndex(({ from }) => from === node.from)));
    node = parent;
  }
  return path;
}

/** The names that an object has already. */
export function namesIn(node: SyntaxNode, text: string): string[] {
  return children(node, 'Property').map((property) => nameOf(property, text));
}
