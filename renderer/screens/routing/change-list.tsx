/** What differs between two configs, one change below the other. */
import { ArrowUpDown, Minus, Pencil, Plus } from 'lucide-react';
import type { ConfigChange } from '../../stores/versions.ts';
import { changeWords } from './change-words.ts';

const signs = { added: Plus, removed: Minus, changed: Pencil, moved: ArrowUpDown } as const;

export function ChangeList({ changes }: { readonly changes: readonly ConfigChange[] }) {
  if (changes.length === 0) return <p className="text-soft">Nothing differs.</p>;
  return (
    <ul aria-label="Changes" className="grid divide-y divide-line rounded-md border border-line bg-raised">
      {changes.map((change) => (
        <Change key={change.path} change={change} />
      ))}
    </ul>
  );
}

function Change({ change }: { readonly change: ConfigChange }) {
  const { where, kind, before, after } = changeWords(change);
  const Icon = signs[kind];
  return (
    <li className="grid gap-1 px-3 py-2">
      <p className="flex min-w-0 items-center gap-2">
        <Icon aria-hidden className="size-4 shrink-0 text-soft" />
        <span className="min-w-0 font-medium wrap-anywhere">{where}</span>
        <span className="shrink-0 text-soft">{kind}</span>
      </p>
      <div className="grid gap-1 pl-6 font-mono text-xs">
        {before === null ? null : (
          <p className="rounded bg-bad-ground px-2 py-1 text-bad wrap-anywhere whitespace-pre-wrap">
            <span className="sr-only">Before: </span>− {before}
          </p>
        )}
        {after === null ? null : (
          <p className="rounded bg-good-ground px-2 py-1 text-good wrap-anywhere whitespace-pre-wrap">
            <span className="sr-only">After: </span>+ {after}
          </p>
        )}
      </div>
    </li>
  );
}
