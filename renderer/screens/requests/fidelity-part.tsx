/** What became of a request's fields on their way into another format: left out, said in other words, kept. */
import { ArrowRightLeft } from 'lucide-react';
import type { FidelityRecord, RequestDetail } from '../../../gateway/contract/records.ts';
import { withDialectNames } from '../../components/dialect-words.ts';
import { StateBadge } from '../../components/state-badge.tsx';
import { SheetPart } from './facts.tsx';
import { passedThroughWords, routeWords, verdictOf, wasRefusedForLoss } from './fidelity-words.ts';

export function FidelityPart({ detail }: { readonly detail: RequestDetail }) {
  if (detail.fidelity) return <Translated report={detail.fidelity} refused={wasRefusedForLoss(detail)} />;
  const words = passedThroughWords(detail);
  if (words === null) return null;
  return (
    <SheetPart title="Fidelity">
      <StateBadge tone="good" word="Passed through unchanged" />
      <p className="text-soft">{words}</p>
    </SheetPart>
  );
}

function Translated({ report, refused }: { readonly report: FidelityRecord; readonly refused: boolean }) {
  const { kept, emulated, dropped } = report;
  return (
    <SheetPart title="Fidelity">
      <StateBadge {...verdictOf(report, refused)} icon={dropped.length > 0 ? undefined : ArrowRightLeft} />
      <p className="wrap-anywhere">{routeWords(report, refused)}</p>
      <Notes title={refused ? 'Would be left out' : 'Left out'} notes={dropped} />
      <Notes title={refused ? 'Would be said in other words' : 'Said in other words'} notes={emulated} />
      {kept.length === 0 ? null : (
        <p className="text-soft wrap-anywhere">
          {refused ? 'Would be kept' : 'Kept'} ({kept.length}): {kept.join(', ')}
        </p>
      )}
    </SheetPart>
  );
}

function Notes({ title, notes }: { readonly title: string; readonly notes: FidelityRecord['dropped'] }) {
  if (notes.length === 0) return null;
  return (
    <div className="grid gap-1">
      <h4 className="text-soft">
        {title} ({notes.length})
      </h4>
      <ul className="grid divide-y divide-line rounded-md border border-line">
        {notes.map(({ field, words, count }) => (
          <li key={`${field} ${words}`} className="px-2 py-1">
            <p className="flex items-baseline gap-2">
              <code className="min-w-0 flex-1 font-mono text-xs wrap-anywhere">{field}</code>
              {count === 1 ? null : <span className="shrink-0 text-soft text-xs">in {count} places</span>}
            </p>
            <p className="text-soft wrap-anywhere">{withDialectNames(words)}</p>
          </li>
        ))}
      </ul>
    </div>
  );
}
