/** Holds the completion of the document to the schema: what may stand at the cursor, and nothing else, is offered. */
import { CompletionContext } from '@codemirror/autocomplete';
import { json } from '@codemirror/lang-json';
import { EditorState } from '@codemirror/state';
import { describe, expect, test } from 'vitest';
import { policyDocumentSchema } from '../../../../../gateway/contract/policy/document-schema.ts';
import { completePolicy } from '../../../../../renderer/screens/routing/document-editor/complete.ts';

const offers = { schema: policyDocumentSchema(), modelNames: () => ['lab/qwen3:8b', 'openai/gpt-5'] };

/** What is offered where `|` stands; null where nothing is. */
function offered(text: string): readonly string[] | null {
  const pos = text.indexOf('|');
  const state = EditorState.create({ doc: text.replace('|', ''), extensions: [json()] });
  const result = completePolicy(new CompletionContext(state, pos, true), offers);
  return result && result.options.map(({ label }) => label);
}

describe('at the place of a name', () => {
  test('offers the parts of a rule that it does not have yet', () => {
    const names = offered('{ "rules": [ { "name": "a", "|" } ] }');
    expect(names).toContain('"when"');
    expect(names).toContain('"use"');
    expect(names).not.toContain('"name"');
  });

  test('offers them without a quotation mark, too, and within conditions that hold conditions', () => {
    expect(offered('{ "rules": [ { | } ] }')).toContain('"shadow"');
    expect(offered('{ "rules": [ { "when": { "any": [ { "not": { | } } ] } } ] }')).toContain('"sensitivity"');
    expect(offered('{ "aliases": { "fast": { | } } }')).toEqual(['"strategy"', '"targets"', '"sticky"', '"splitBy"']);
  });
});

describe('at the place of a value', () => {
  test('offers the words that may stand there', () => {
    expect(offered('{ "rules": [ { "pin": | } ] }')).toEqual(['"local"']);
    expect(offered('{ "aliases": { "fast": { "strategy": "|" } } }')).toEqual([
      '"first"',
      '"weighted"',
      '"round-robin"',
      '"cheapest"',
      '"fastest"',
      '"least-busy"',
      '"loaded"',
    ]);
    expect(offered('{ "rules": [ { "when": { "tools": | } } ] }')).toEqual(['true', 'false']);
  });

  test.each([
    '{ "rules": [ { "use": "|" } ] }',
    '{ "rules": [ { "use": ["a", "|"] } ] }',
    '{ "rules": [ { "use": { "targets": [ { "model": "|" } ] } } ] }',
    '{ "rules": [ { "fallbacks": { "overload": ["|"] } } ] }',
    '{ "aliases": { "fast": { "targets": ["|"] } } }',
  ])('offers the models that are there in %s', (text) => {
    expect(offered(text)).toEqual(expect.arrayContaining(['"lab/qwen3:8b"', '"openai/gpt-5"']));
  });

  test('offers no model where a condition tests a text', () => {
    expect(offered('{ "rules": [ { "when": { "client": "|" } } ] }')).toBe(null);
  });
});
