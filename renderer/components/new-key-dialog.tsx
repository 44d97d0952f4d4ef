/** Makes a client key and shows it once. */
import { type FormEvent, useState } from 'react';
import { createClientKey } from '../stores/gateway.ts';
import { Button } from './button.tsx';
import { newTerms, readTerms, type TermsDraft, type TermsProblems } from './client-terms/terms-draft.ts';
import { TermsFields } from './client-terms/terms-fields.tsx';
import { CopyButton } from './copy-button.tsx';
import { ModalDialog } from './dialog.tsx';
import { DialogEnd } from './dialog-end.tsx';
import { type Failure, useTask } from './use-task.ts';

interface NewKeyDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  /** Is told the key, so that a command on the same screen can use it. */
  readonly onCreated?: ((key: string) => void) | undefined;
}

export function NewKeyDialog({ open, onClose, onCreated }: NewKeyDialogProps) {
  const [key, setKey] = useState<string | null>(null);
  const close = () => {
    setKey(null);
    onClose();
  };
  const take = (made: string) => {
    setKey(made);
    onCreated?.(made);
  };
  return key === null ? (
    <ModalDialog
      open={open}
      onClose={close}
      title="New client key"
      description="A program shows this key to Gatehouse. Give each program its own, so that you can see who asks and revoke one alone."
    >
      <TermsForm onCreated={take} onCancel={close} />
    </ModalDialog>
  ) : (
    <KeyOnce
      value={key}
      onClose={close}
      description="It is shown this once: Gatehouse keeps only a fingerprint of it. If it is lost, make another and revoke this one."
    />
  );
}

interface KeyOnceProps {
  readonly value: string;
  readonly description: string;
  readonly onClose: () => void;
}

/** A new key, which nobody can read again. */
export function KeyOnce({ value, description, onClose }: KeyOnceProps) {
  return (
    <ModalDialog open onClose={onClose} title="Copy the key now" description={description}>
      <code className="block rounded-md border border-line bg-sunken p-2 font-mono text-xs wrap-anywhere">{value}</code>
      <div className="flex justify-end gap-2">
        <CopyButton text={value} what="client key" />
        <Button look="primary" onClick={onClose}>
          Done
        </Button>
      </div>
    </ModalDialog>
  );
}

/** What the gateway refused, at its field where the form has one. */
export function withRefusal(problems: TermsProblems, failure: Failure | null): TermsProblems {
  return failure?.field === undefined ? problems : new Map([...problems, [failure.field, failure.message]]);
}

const none: TermsProblems = new Map();

function TermsForm({ onCreated, onCancel }: { readonly onCreated: (key: string) => void; readonly onCancel: () => void }) {
  const [draft, setDraft] = useState<TermsDraft>(newTerms);
  const [tried, setTried] = useState(false);
  const task = useTask();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const read = readTerms(draft, Date.now());
    if (read.problems.size > 0) return;
    void task.run(async () => onCreated(await createClientKey(read.terms)));
  };
  const problems = tried ? readTerms(draft, Date.now()).problems : none;
  return (
    <form onSubmit={submit} noValidate className="grid gap-4">
      <TermsFields
        draft={draft}
        problems={withRefusal(problems, task.failure)}
        onDraft={(next) => {
          task.clear();
          setDraft(next);
        }}
      />
      <DialogEnd task={task} onLeave={onCancel}>
        <Button look="primary" type="submit" disabled={task.busy || draft.name.trim() === ''}>
          Create key
        </Button>
      </DialogEnd>
    </form>
  );
}
