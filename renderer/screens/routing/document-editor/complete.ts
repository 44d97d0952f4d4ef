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
  const word = context.matchBefore(/"[^"\n]*|[\w]*/);
  const from = word?.from ?? context.pos;
  if (!context.explicit && (word === null || word.from === word.to)) return null;
  const isName = node.name === 'PropertyName' || (node.name !== 'String' && expectsName(node, text, from));
  const options = isName ? nameOptions(node, text, offers, context.pos) : valueOptions(node, text, offers);
  if (options.length === 0) return null;
  // A quotation mark that was closed by the editor is taken along.
  const to = text[context.pos] === '"' && text[from] === '"' ? context.pos + 1 : context.pos;
  return { from, to, options, validFor: /^"?[\w./:-]*$/ };
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
