/** The rules and aliases as one JSON document: the same draft as in the forms, with completion and mistakes at their places. */
import { useEffect, useRef, useState } from 'react';
import { ErrorLine } from '../../components/notice.tsx';
import { StateBadge, type Tone } from '../../components/state-badge.tsx';
import { useModelNames } from '../../stores/model-names.ts';
import { mistakesOf, usePolicyCheck } from '../../stores/policy-check.ts';
import { formatPolicy } from '../../stores/policy-document.ts';
import { type PolicyDraft, usePolicyDraft, writePolicy } from '../../stores/policy-draft.ts';
import { type DocumentEditor, openDocumentEditor, type PlacedMistake } from './document-editor/open-editor.ts';

/** What the editor shows: as it was written where that is what the draft says, else as the draft is formatted. */
function textOf({ broken, written, policy }: PolicyDraft): string {
  if (broken) return broken.text;
  return written?.policy === policy ? written.text : formatPolicy(policy);
}

export function DocumentView() {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<DocumentEditor | null>(null);
  const [first, setFirst] = useState<PlacedMistake | null>(null);
  const draft = usePolicyDraft();
  const { check, pending, error } = usePolicyCheck();
  const names = useModelNames();
  useEffect(() => {
    if (!place.current) return undefined;
    const opened = openDocumentEditor(place.current, { text: textOf(usePolicyDraft.getState()), onText: writePolicy });
    editor.current = opened;
    return () => opened.close();
  }, []);
  const text = textOf(draft);
  useEffect(() => editor.current?.setText(text), [text]);
  useEffect(() => editor.current?.setModelNames(names), [names]);
  const problems = draft.broken ? [] : (check?.problems ?? []);
  const mistakes = draft.broken ? 1 : mistakesOf(check).length;
  useEffect(() => {
    setFirst(editor.current?.setMistakes(draft.broken, draft.broken ? [] : (check?.problems ?? [])) ?? null);
  }, [draft.broken, check]);
  return (
    <div className="grid min-h-64 grid-rows-[minmax(0,1fr)_auto] gap-2">
      <div
        ref={place}
        className="min-h-0 overflow-hidden rounded-md border border-edge bg-raised focus-within:border-accent focus-within:outline-1 focus-within:outline-accent"
      />
      <div className="flex min-h-6 items-start gap-4">
        <StateBadge {...verdictOf(mistakes, problems.length, pending)} className="shrink-0" />
        <p className="min-w-0 flex-1 text-soft wrap-anywhere">
          {first ? (
            <>
              <button
                type="button"
                onClick={() => editor.current?.goTo(first.offset)}
                className="font-medium text-accent hover:underline"
              >
                Line {first.line}
              </button>
              {first.name === '' ? `: ${first.message}` : `, ${first.name}: ${first.message}.`}
            </>
          ) : null}
        </p>
        <span className="shrink-0 text-soft">Ctrl Space completes</span>
      </div>
      <ErrorLine message={error === null ? null : `The document could not be checked: ${error}`} />
    </div>
  );
}

function verdictOf(mistakes: number, problems: number, pending: boolean): { readonly tone: Tone; readonly word: string } {
  const warnings = problems - mistakes;
  if (mistakes > 0) return { tone: 'bad', word: mistakes === 1 ? '1 mistake' : `${mistakes} mistakes` };
  if (pending) return { tone: 'idle', word: 'Being checked' };
  if (warnings > 0) return { tone: 'warn', word: warnings === 1 ? '1 warning' : `${warnings} warnings` };
  return { tone: 'good', word: 'No mistakes' };
}
