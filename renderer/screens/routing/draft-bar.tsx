/** Says that there are changes which are not in force, what they are, and applies or discards them. */
import { CircleDot, Undo2 } from 'lucide-react';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { ErrorLine, SkeletonRows } from '../../components/notice.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { useTask } from '../../components/use-task.ts';
import { useGateway } from '../../stores/gateway.ts';
import { mistakesOf, type PolicyCheck, type PolicyProblem, usePolicyCheck, whereOf } from '../../stores/policy-check.ts';
import {
  applyDraft,
  discardDraft,
  draftedConfig,
  forgetRemoval,
  isEdited,
  keepDraft,
  type PolicyDraft,
  undoRemoval,
  usePolicyDraft,
} from '../../stores/policy-draft.ts';
import { restoreVersion, useDifference } from '../../stores/versions.ts';
import { ChangeList } from './change-list.tsx';

type BarKind = 'overtaken' | 'edited' | 'removed' | 'applied' | 'none';

export function DraftBar({ onTry }: { readonly onTry: () => void }) {
  const draft = usePolicyDraft();
  const version = useGateway(({ config }) => config?.version);
  const [applied, setApplied] = useState<AppliedVersion | null>(null);
  const place = useRef<HTMLDivElement>(null);
  // Once something else was applied, going back would take that away too: the versions say what it would be.
  const current = applied?.now === version ? applied : null;
  const kind = kindOf(draft, current);
  useFocusAfter(kind === 'applied' ? `${kind} ${current?.now}` : kind, place);
  return (
    <div ref={place}>
      {kind === 'overtaken' ? <OvertakenBar /> : null}
      {kind === 'edited' ? <EditedBar onTry={onTry} onApplied={setApplied} /> : null}
      {kind === 'removed' ? (
        <section aria-label="Removed" className={`${barLook} grid-cols-[minmax(0,1fr)_auto]`}>
          <Removed />
          <Button onClick={forgetRemoval}>Done</Button>
        </section>
      ) : null}
      {kind === 'applied' && current ? (
        <AppliedBar applied={current} onApplied={setApplied} onClose={() => setApplied(null)} />
      ) : null}
    </div>
  );
}

function kindOf(draft: PolicyDraft, applied: AppliedVersion | null): BarKind {
  if (draft.overtaken) return 'overtaken';
  if (isEdited(draft)) return 'edited';
  if (draft.removed) return 'removed';
  return applied ? 'applied' : 'none';
}

/** A bar that goes with the button that was pressed in it leaves the keyboard nowhere: it goes on in the next bar, or above. */
function useFocusAfter(bar: string, place: RefObject<HTMLElement | null>): void {
  const before = useRef(bar);
  useEffect(() => {
    const wasThere = before.current !== 'none' && before.current !== bar;
    before.current = bar;
    if (!wasThere || document.activeElement !== document.body) return;
    const next = [...(place.current?.querySelectorAll<HTMLElement>('button:not(:disabled)') ?? [])].at(-1);
    (next ?? document.querySelector<HTMLElement>('main [role="region"]'))?.focus();
  }, [bar, place]);
}

const barLook = 'grid gap-2 border-line border-t bg-raised px-6 py-3';

interface AppliedVersion {
  readonly before: number;
  readonly now: number;
  /** The version that was returned to; null for a new one. */
  readonly again: number | null;
}

interface EditedBarProps {
  readonly onTry: () => void;
  readonly onApplied: (applied: AppliedVersion) => void;
}

function EditedBar({ onTry, onApplied }: EditedBarProps) {
  const [shown, setShown] = useState(false);
  const task = useTask();
  const check = usePolicyCheck((state) => state.check);
  const pending = usePolicyCheck((state) => state.pending);
  const broken = usePolicyDraft((draft) => draft.broken);
  const apply = async () => {
    const before = usePolicyDraft.getState().base?.version ?? 0;
    const isDone = await task.run(applyDraft);
    const now = useGateway.getState().config?.version ?? before;
    if (isDone && now !== before && !usePolicyDraft.getState().overtaken) onApplied({ before, now, again: null });
  };
  const [mistake] = mistakesOf(check);
  const hindrance = broken ? 'Not readable yet.' : check && mistake ? mistakeWords(check, mistake) : null;
  return (
    <section aria-label="Unsaved changes" className={barLook}>
      {shown && !broken ? <Difference /> : null}
      <ErrorLine message={task.failure?.message ?? null} />
      <Removed />
      <div className="flex items-center gap-2">
        <p className="flex min-w-0 flex-1 items-center gap-2 font-medium">
          <CircleDot aria-hidden className="size-4 shrink-0 text-accent" />
          <span className="shrink-0">Unsaved changes</span>
          <span className="min-w-0 font-normal text-soft wrap-anywhere">
            {hindrance ?? (check ? warningWords(check) : 'Not in force yet.')}
          </span>
        </p>
        <Button aria-expanded={shown} disabled={broken !== null} onClick={() => setShown(!shown)}>
          {shown ? 'Hide what differs' : 'What differs'}
        </Button>
        <Button disabled={broken !== null} onClick={onTry}>
          Try
        </Button>
        <Button onClick={discardDraft}>Discard</Button>
        <Button look="primary" disabled={task.busy || pending || hindrance !== null} onClick={() => void apply()}>
          {task.busy ? 'Applying …' : 'Apply'}
        </Button>
      </div>
    </section>
  );
}

function mistakeWords(check: PolicyCheck, first: PolicyProblem): string {
  const count = mistakesOf(check).length;
  return `${count === 1 ? '1 mistake' : `${count} mistakes, the first`} ${whereOf(first, check)}.`;
}

function warningWords(check: PolicyCheck): string {
  const [first, ...others] = check.problems.filter(({ severity }) => severity === 'warning');
  if (!first) return 'Not in force yet.';
  return `${others.length === 0 ? '1 warning' : `${others.length + 1} warnings, the first`} ${whereOf(first, check)}.`;
}

/** Beside the other changes, so that what was deleted by mistake comes back alone. */
function Removed() {
  const removed = usePolicyDraft((draft) => draft.removed);
  if (!removed) return null;
  return (
    <p role="status" className="flex items-center gap-2">
      <span className="min-w-0 wrap-anywhere">{removed.words}</span>
      <Button look="quiet" icon={<Undo2 aria-hidden className="size-4" />} onClick={undoRemoval} autoFocus>
        Undo
      </Button>
    </p>
  );
}

function Difference() {
  const draft = usePolicyDraft();
  const config = useGateway((state) => state.config);
  const { value, error, retry } = useDifference(draft.base?.version ?? null, draftedConfig(draft, config));
  return (
    <div
      role="region"
      tabIndex={0}
      aria-label="What differs from what is in force"
      className="max-h-[36vh] min-h-16 overflow-y-auto"
    >
      {value ? (
        <ChangeList changes={value} />
      ) : error ? (
        <p className="flex items-center gap-2 text-bad">
          {error} <Button onClick={retry}>Try again</Button>
        </p>
      ) : (
        <SkeletonRows rows={2} />
      )}
    </div>
  );
}

function OvertakenBar() {
  const draft = usePolicyDraft();
  const { value } = useDifference(draft.base?.version ?? null, draft.overtaken?.version ?? null);
  return (
    <section aria-label="Changed elsewhere" className={barLook}>
      <StateBadge
        tone="warn"
        word={`The rules were changed elsewhere: version ${draft.overtaken?.version ?? ''} is in force now`}
      />
      <p className="text-soft">
        Your changes are still here, and nothing of them was applied. Below is what the others changed. Keep yours to apply them
        in place of that, or take what is in force.
      </p>
      <div tabIndex={0} role="region" aria-label="What the others changed" className="max-h-[28vh] overflow-y-auto">
        {value ? <ChangeList changes={value} /> : <SkeletonRows rows={2} />}
      </div>
      <div className="flex justify-end gap-2">
        <Button onClick={discardDraft}>Take what is in force</Button>
        <Button look="primary" onClick={keepDraft}>
          Keep my changes
        </Button>
      </div>
    </section>
  );
}

interface AppliedBarProps {
  readonly applied: AppliedVersion;
  readonly onApplied: (applied: AppliedVersion) => void;
  readonly onClose: () => void;
}

function AppliedBar({ applied, onApplied, onClose }: AppliedBarProps) {
  const { before, now, again } = applied;
  const task = useTask();
  const undo = () => task.run(async () => onApplied({ ...(await restoreVersion(before)), again: before }));
  return (
    <section aria-label="Applied" className={barLook}>
      <ErrorLine message={task.failure?.message ?? null} />
      <div className="flex items-center gap-2">
        <span role="status" className="mr-auto min-w-0">
          <StateBadge
            tone="good"
            word={again === null ? `In force, as version ${now}` : `Version ${again} is in force again, as version ${now}`}
          />
        </span>
        <Button disabled={task.busy} icon={<Undo2 aria-hidden className="size-4" />} onClick={() => void undo()}>
          Undo
        </Button>
        <Button onClick={onClose}>Done</Button>
      </div>
    </section>
  );
}
