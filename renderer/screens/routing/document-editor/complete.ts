/** Offers what may stand at the cursor: names and values of the policy's schema, and the models that are there. */
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { syntaxTree } from '@codemirror/language';
import type { SyntaxNode } from '@lezer/common';
import type { JsonObject } from '../../../stores/json-value.ts';
import { aroundOf, namesIn, pathOf } from './json-places.ts';
import { beginningOf, isModelPlace, propertiesOf, schemasAt, valuesOf } from './schema-walk.ts';

export interface Offers {
  readonly schema: JsonObject;
  readonly modelNames: () => readonly string[];
}

export function completePolicy(context: CompletionContext, offers: Offers): CompletionResult | null {
  const text = context.state.doc.toString();
  const node = syntaxTree(context.state).resolveInner(context.pos, -1);
  const isInText = node.name === 'String' || node.name === 'PropertyName';
  const word = isInText ? { from: node.from, to: context.pos } : context.matchBefore(/\w*/);
  const from = word?.from ?? context.pos;
  if (!context.explicit && from === context.pos) return null;
  const isName = node.name === 'PropertyName' || (node.name !== 'String' && expectsName(node, text, from));
  const options = (isName ? nameOptions(node, text, offers, context.pos) : valueOptions(node, text, offers)).filter(
    // Within quotation marks only a text may stand.
    ({ label }) => !isInText || label.startsWith('"'),
  );
  if (options.length === 0) return null;
  return { from, options: options.map(insertion), validFor: /^"?[\w./:-]*$/ };
}

/** Puts it in place of what was typed, with the quotation mark that the editor closed by itself; the cursor goes between brackets. */
function insertion({ apply, ...option }: Completion): Completion {
  const text = typeof apply === 'string' ? apply : option.label;
  return {
    ...option,
    apply: (view, _option, from, to) => {
      const isClosed = view.state.sliceDoc(from, from + 1) === '"' && view.state.sliceDoc(to, to + 1) === '"';
      const inside = /(?:\{\}|\[\]|: "")$/.test(text) ? 1 : 0;
      view.dispatch({
        changes: { from, to: isClosed ? to + 1 : to, insert: text },
        selection: { anchor: from + text.length - inside },
        userEvent: 'input.complete',
      });
    },
  };
}

/** Within an object, after its bracket or a comma, a name comes next. */
function expectsName(node: SyntaxNode, text: string, from: number): boolean {
  const around = aroundOf(node, text);
  return around?.node.name === 'Object' && /[{,]\s*$/.test(text.slice(0, from));
}

function nameOptions(node: SyntaxNode, text: string, { schema }: Offers, position: number): Completion[] {
  const around = aroundOf(node, text);
  if (!around) return [];
  const taken = namesIn(around.node, text);
  const isWritten = node.name === 'PropertyName' && /^"?\s*:/.test(text.slice(position));
  return [...propertiesOf(schemasAt(schema, around.path))]
    .filter(([name]) => !taken.includes(name) || (node.name === 'PropertyName' && text.slice(node.from, node.to).includes(name)))
    .map(([name, part]) => ({
      label: `"${name}"`,
      type: 'property',
      apply: isWritten ? `"${name}"` : `"${name}": ${beginningOf(schema, part)}`,
    }));
}

function valueOptions(node: SyntaxNode, text: string, { schema, modelNames }: Offers): Completion[] {
  const path = valuePath(node, text);
  if (!path) return [];
  const { values, takesText } = valuesOf(schemasAt(schema, path));
  const names = takesText && isModelPlace(path) ? modelNames() : [];
  return [
    ...values.map((label): Completion => ({ label, type: 'keyword' })),
    ...names.map((name): Completion => ({ label: JSON.stringify(name), type: 'text' })),
  ];
}

/** The path of the value that stands, or would stand, at the cursor. */
function valuePath(node: SyntaxNode, text: string): readonly string[] | null {
  if (node.name === 'Property') return pathOf(node.lastChild ?? node, text);
  if (node.name === 'Array') return [...pathOf(node, text), '0'];
  if (node.parent?.name === 'Array' || node.parent?.name === 'Property') return pathOf(node, text);
  return null;
}
