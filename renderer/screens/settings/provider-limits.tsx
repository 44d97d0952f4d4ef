/** How much each provider may be asked: a list, and a form for one. */
import { type FormEvent, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { LimitFields } from '../../components/client-terms/limit-fields.tsx';
import { draftOfLimits, type LimitsDraft, limitsWords, readLimitsDraft } from '../../components/client-terms/limits-draft.ts';
import { ModalDialog } from '../../components/dialog.tsx';
import { DialogEnd } from '../../components/dialog-end.tsx';
import { SkeletonRows } from '../../components/notice.tsx';
import { Section } from '../../components/section.tsx';
import { useTask } from '../../components/use-task.ts';
import { applyEdit } from '../../stores/apply-edit.ts';
import { putProviderLimits } from '../../stores/edit-money.ts';
import { useGateway } from '../../stores/gateway.ts';

export function ProviderLimits() {
  const config = useGateway((state) => state.config?.effective);
  const [editing, setEditing] = useState<string | null>(null);
  return (
    <Section title="Provider limits">
      <p className="text-soft">
        How much Gatehouse asks of a provider in all, whoever wants it. What does not fit goes to the next target, or is answered
        429.
      </p>
      <div className="grid rounded-md border border-line bg-raised">
        {config === undefined ? (
          <SkeletonRows rows={2} />
        ) : (
          <ul aria-label="Provider limits" className="grid content-start divide-y divide-line">
            {config.providers.map(({ id }) => (
              <li key={id} className="flex min-h-11 items-center gap-4 px-3 py-1">
                <span className="min-w-0 flex-1">
                  <span className="block truncate font-medium">{id}</span>
                  <span className="block text-soft text-xs wrap-anywhere">
                    {limitsWords(config.limits.providers[id] ?? {}) || 'not limited'}
                  </span>
                </span>
                <Button onClick={() => setEditing(id)} aria-label={`Limits of ${id}`}>
                  Edit
                </Button>
              </li>
            ))}
          </ul>
        )}
      </div>
      {editing === null ? null : <LimitsDialog id={editing} onClose={() => setEditing(null)} />}
    </Section>
  );
}

function LimitsDialog({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const [draft, setDraft] = useState<LimitsDraft>(() =>
    draftOfLimits(useGateway.getState().config?.effective.limits.providers[id] ?? {}),
  );
  const [tried, setTried] = useState(false);
  const task = useTask();
  const read = readLimitsDraft(draft);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (read.problems.size > 0) return;
    const limits = Object.keys(read.limits).length === 0 ? undefined : { ...read.limits };
    if (await task.run(() => applyEdit((document) => putProviderLimits(document, id, limits)))) onClose();
  };
  return (
    <ModalDialog
      open
      side
      onClose={onClose}
      title={`Limits of ${id}`}
      description="All programs together. Tokens are those read and written."
    >
      <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        <LimitFields draft={draft} problems={tried ? read.problems : new Map()} onDraft={setDraft} />
        <DialogEnd task={task} onLeave={onClose}>
          <Button look="primary" type="submit" disabled={task.busy}>
            Save
          </Button>
        </DialogEnd>
      </form>
    </ModalDialog>
  );
}
