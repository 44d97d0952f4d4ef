/** Changes what a key's requests are held to; the key stays the same. */
import { type FormEvent, useState } from 'react';
import type { ClientItem } from '../../../gateway/contract/records.ts';
import { Button } from '../../components/button.tsx';
import { changedTerms, draftOfClient, type TermsDraft } from '../../components/client-terms/terms-draft.ts';
import { TermsFields } from '../../components/client-terms/terms-fields.tsx';
import { ModalDialog } from '../../components/dialog.tsx';
import { DialogEnd } from '../../components/dialog-end.tsx';
import { withRefusal } from '../../components/new-key-dialog.tsx';
import { useTask } from '../../components/use-task.ts';
import { updateClient } from '../../stores/gateway.ts';

interface EditKeyDialogProps {
  readonly client: ClientItem;
  readonly onClose: () => void;
}

export function EditKeyDialog({ client, onClose }: EditKeyDialogProps) {
  /** As it was when the form was opened: only what a person touched is sent. */
  const [before] = useState<TermsDraft>(() => draftOfClient(client));
  const [draft, setDraft] = useState<TermsDraft>(before);
  const [tried, setTried] = useState(false);
  const task = useTask();
  const { changes, problems } = changedTerms(before, draft, Date.now());
  const isTouched = Object.keys(changes).length > 0;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (problems.size === 0 && (await task.run(() => updateClient(client.id, changes)))) onClose();
  };
  return (
    <ModalDialog
      open
      side
      onClose={onClose}
      title={client.name}
      description="What its requests are held to from the next one on. The key itself stays the same."
    >
      <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        <TermsFields
          draft={draft}
          problems={withRefusal(tried ? problems : new Map(), task.failure)}
          onDraft={(next) => {
            task.clear();
            setDraft(next);
          }}
        />
        <DialogEnd task={task} onLeave={onClose}>
          <Button look="primary" type="submit" disabled={task.busy || !isTouched}>
            Save
          </Button>
        </DialogEnd>
      </form>
    </ModalDialog>
  );
}
