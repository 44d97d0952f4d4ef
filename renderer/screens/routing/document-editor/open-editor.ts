/** The editor for the policy's document: JSON, with completion by the schema and mistakes at their places. */
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  type CompletionContext,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json, jsonLanguage } from '@codemirror/lang-json';
import {
  bracketMatching,
  ensureSyntaxTree,
  foldGutter,
  foldKeymap,
  indentOnInput,
  syntaxHighlighting,
} from '@codemirror/language';
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { Annotation, EditorState, type Extension } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { policyDocumentSchema } from '../../../../gateway/contract/policy/document-schema.ts';
import type { PolicyProblem } from '../../../stores/policy-check.ts';
import type { TextProblem } from '../../../stores/policy-document.ts';
import { completePolicy } from './complete.ts';
import { highlighting, look } from './editor-look.ts';
import { spanOf } from './json-places.ts';

export interface DocumentEditor {
  /** Shows another text, unless it is what stands there already. */
  setText(text: string): void;
  setModelNames(names: readonly string[]): void;
  /**
   * @param broken why the text is no JSON; else the problems by their paths
   * @returns the one that stands first
   */
  setMistakes(broken: TextProblem | null, problems: readonly PolicyProblem[]): PlacedMistake | null;
  /** Puts the cursor to a place and shows it. */
  goTo(offset: number): void;
  close(): void;
}

export interface PlacedMistake {
  readonly offset: number;
  /** From 1. */
  readonly line: number;
  /** Of the setting that is wrong; empty where the text cannot be read. */
  readonly name: string;
  readonly message: string;
}

export interface EditorOptions {
  readonly text: string;
  readonly onText: (text: string) => void;
}

/** Marks what the window itself wrote: only what a person types is told. */
const fromOutside = Annotation.define<true>();

export function openDocumentEditor(place: HTMLElement, { text, onText }: EditorOptions): DocumentEditor {
  let modelNames: readonly string[] = [];
  const offers = { schema: policyDocumentSchema(), modelNames: () => modelNames };
  // In a shadow root the editor's looks are constructed sheets; elsewhere they would be a style element, which the page forbids.
  const root = place.shadowRoot ?? place.attachShadow({ mode: 'open' });
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        editing,
        jsonLanguage.data.of({ autocomplete: (context: CompletionContext) => completePolicy(context, offers) }),
        EditorView.updateListener.of(({ docChanged, transactions, state }) => {
          if (docChanged && !transactions.some((one) => one.annotation(fromOutside))) onText(state.doc.toString());
        }),
      ],
    }),
  });
  return {
    setText(next) {
      if (view.state.doc.toString() === next) return;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next }, annotations: fromOutside.of(true) });
    },
    setModelNames(names) {
      modelNames = names;
    },
    setMistakes(broken, problems) {
      const placed = broken ? [brokenAt(view.state, broken)] : problems.map(mistakeIn(view.state));
      view.dispatch(setDiagnostics(view.state, placed));
      const [first] = placed.toSorted((one, other) => rank(one) - rank(other) || one.from - other.from);
      if (!first) return null;
      const { from: offset, source: name = '', message } = first;
      return { offset, line: view.state.doc.lineAt(offset).number, name, message };
    },
    goTo(offset) {
      const anchor = Math.min(offset, view.state.doc.length);
      view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) });
      view.focus();
    },
    close: () => view.destroy(),
  };
}

const editing: Extension = [
  lineNumbers(),
  foldGutter(),
  lintGutter(),
  history(),
  drawSelection(),
  indentOnInput(),
  bracketMatching(),
  closeBrackets(),
  autocompletion({ icons: false }),
  highlightActiveLine(),
  EditorView.lineWrapping,
  EditorView.contentAttributes.of({ 'aria-label': 'Rules and aliases as a document' }),
  json(),
  syntaxHighlighting(highlighting),
  look,
  // Tab leaves the editor, as everywhere in the window.
  keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...foldKeymap, ...completionKeymap, ...lintKeymap]),
];

/** What keeps it from being applied comes before what is only odd. */
const rank = ({ severity }: Diagnostic): number => (severity === 'error' ? 0 : 1);

function brokenAt(state: EditorState, { message, offset }: TextProblem): Diagnostic {
  const at = Math.min(offset ?? firstError(state) ?? 0, state.doc.length);
  const from = Math.max(0, Math.min(at, state.doc.length - 1));
  return { from, to: Math.min(from + 1, state.doc.length), severity: 'error', message };
}

/** Where the parser first stumbled: for an engine that does not say where it did. */
function firstError(state: EditorState): number | null {
  let found: number | null = null;
  treeOf(state).iterate({
    enter: (node) => {
      if (node.type.isError) found ??= node.from;
    },
  });
  return found;
}

/** A policy is short: half a second is far more than its parsing takes. */
const treeOf = (state: EditorState) =>
  ensureSyntaxTree(state, state.doc.length, 500) ?? jsonLanguage.parser.parse(state.doc.toString());

const mistakeIn =
  (state: EditorState) =>
  ({ path, message, severity }: PolicyProblem): Diagnostic => ({
    ...spanOf(treeOf(state), state.doc.toString(), path),
    severity,
    message,
    source: path.split('.').findLast((step) => !/^\d+$/.test(step)) ?? '',
  });
