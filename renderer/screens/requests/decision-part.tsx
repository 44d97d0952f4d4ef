/** Why a request went where it went: decided again from what was kept with it, when somebody wants to know. */
import { FlaskConical } from 'lucide-react';
import type { RequestDetail } from '../../../gateway/contract/records.ts';
import { DecisionView } from '../../components/decision-trace.tsx';
import { Link } from '../../components/link.tsx';
import { ErrorNotice, SkeletonRows } from '../../components/notice.tsx';
import { useDecisionOfThen } from '../../stores/explain.ts';
import { SheetPart } from './facts.tsx';

export function DecisionPart({ detail }: { readonly detail: RequestDetail }) {
  const { value, error, retry } = useDecisionOfThen(detail.id, detail.decisionKept);
  return (
    <SheetPart title="Decision">
      {detail.decisionKept ? (
        value ? (
          <DecisionView past trace={value} />
        ) : error === null ? (
          <SkeletonRows rows={4} />
        ) : (
          <ErrorNotice title="The decision could not be read" message={error} onRetry={retry} />
        )
      ) : (
        <p className="text-soft">{unkeptWords(detail)}</p>
      )}
      <Link
        to={`/routing?view=try&request=${encodeURIComponent(detail.id)}`}
        className="inline-flex items-center gap-1.5 justify-self-start font-medium text-accent hover:underline"
      >
        <FlaskConical aria-hidden className="size-4" /> Try it again under Routing
      </Link>
    </SheetPart>
  );
}

function unkeptWords({ state, rule, provider }: RequestDetail): string {
  if (state === 'started') return 'It is shown once the request has ended.';
  if (provider === null && rule === null) return 'Nothing was decided: it was turned away before.';
  const by = rule === null ? '' : ` The rule “${rule}” decided where it went.`;
  return `What this decision was made from is no longer kept.${by}`;
}
