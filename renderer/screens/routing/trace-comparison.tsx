/** One request by what is in force, and by the draft beside it: what moves, what it costs, how long it takes. */
import { ArrowRight, Ban, Equal } from 'lucide-react';
import type { ReactNode } from 'react';
import type { DecisionTrace } from '../../../gateway/contract/decision.ts';
import { DecisionView } from '../../components/decision-trace.tsx';
import { moveBetween } from '../../components/decision-words.ts';
import { ErrorNotice, SkeletonRows } from '../../components/notice.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { type Question, useTrial } from '../../stores/explain.ts';
import { useGateway } from '../../stores/gateway.ts';
import { isEdited, usePolicyDraft } from '../../stores/policy-draft.ts';
import { mistakesOf, usePolicyCheck } from '../../stores/policy-check.ts';
import type { Reading } from '../../stores/use-reading.ts';

export function TraceComparison({ question }: { readonly question: Question }) {
  const draft = usePolicyDraft();
  const problems = usePolicyCheck(({ check }) => mistakesOf(check).length);
  const version = useGateway(({ config }) => config?.version);
  const hasDraft = isEdited(draft);
  const isSound = hasDraft && problems === 0 && draft.broken === null;
  const live = useTrial(question, null);
  const drafted = useTrial(isSound ? question : null, draft.policy);
  if (!hasDraft) {
    return (
      <section aria-label="Decision" className="@container grid content-start gap-3">
        <Side title={`In force, version ${version ?? ''}`} reading={live} />
      </section>
    );
  }
  return (
    <section aria-label="Decision" className="@container grid content-start gap-4">
      {live.value && drafted.value ? <MoveLine live={live.value} draft={drafted.value} /> : null}
      <div className="grid content-start gap-6 @min-[600px]:grid-cols-2">
        <Side title={`In force, version ${version ?? ''}`} reading={live} />
        {isSound ? (
          <Side title="By the draft" reading={drafted} />
        ) : (
          <Titled title="By the draft">
            <p className="text-soft">The draft has mistakes; once they are mended it can be tried.</p>
          </Titled>
        )}
      </div>
    </section>
  );
}

function Titled({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title} className="grid min-w-0 content-start gap-3">
      <h3 className="font-semibold">{title}</h3>
      {children}
    </section>
  );
}

function Side({ title, reading }: { readonly title: string; readonly reading: Reading<DecisionTrace> }) {
  const { value, error, retry } = reading;
  return (
    <Titled title={title}>
      {error !== null && value === null ? (
        <ErrorNotice title="It could not be tried" message={error} onRetry={retry} />
      ) : value ? (
        <>
          {error === null ? null : <p className="text-bad wrap-anywhere">Not up to date: {error}</p>}
          <DecisionView trace={value} />
        </>
      ) : (
        <SkeletonRows rows={6} />
      )}
    </Titled>
  );
}

function MoveLine({ live, draft }: { readonly live: DecisionTrace; readonly draft: DecisionTrace }) {
  const { tone, title, details } = moveBetween(live, draft);
  const icon = tone === 'live' ? ArrowRight : tone === 'good' ? Equal : Ban;
  return (
    <div role="status" className="grid gap-1 rounded-md border border-line bg-raised px-3 py-2">
      <Headline tone={tone} title={title} icon={icon} />
      {details.length === 0 ? null : <p className="wrap-anywhere">{details.join('. ')}.</p>}
    </div>
  );
}

function Headline({ tone, title, icon: Icon }: { readonly tone: string; readonly title: string; readonly icon: typeof Ban }) {
  if (tone === 'live') {
    return (
      <p className="flex items-start gap-1.5 font-medium text-accent wrap-anywhere">
        <Icon aria-hidden className="mt-0.5 size-4 shrink-0" /> {title}
      </p>
    );
  }
  return <StateBadge tone={tone === 'good' ? 'good' : 'warn'} icon={Icon} word={title} />;
}
