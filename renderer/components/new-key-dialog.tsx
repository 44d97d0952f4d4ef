/** Makes a client key and shows it once. */
import { type FormEvent, useState } from 'react';
import type { Sensitivity } from '../../gateway/contract/policy/condition.ts';
import { createClientKey } from '../stores/gateway.ts';
import { Button } from './button.tsx';
import { CopyButton } from './copy-button.tsx';
import { ModalDialog } from './dialog.tsx';
import { SelectField, TextField } from './field.tsx';
import { ErrorLine } from './notice.tsx';
import { sensitivityChoices, sensitivityHint, sensitivityOf } from './sensitivity-words.ts';
import { ToggleField } from './toggle.tsx';
import { useTask } from './use-task.ts';

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
      <NameForm onCreated={take} onCancel={close} />
    </ModalDialog>
  ) : (
    <ModalDialog
      open={open}
      onClose={close}
      title="Copy the key now"
      description="It is shown this once: Gatehouse keeps only a fingerprint of it. If it is lost, make another and revoke this one."
    >
      <code className="block rounded-md border border-line bg-sunken p-2 font-mono text-xs wrap-anywhere">{key}</code>
      <div className="flex justify-end gap-2">
        <CopyButton text={key} what="client key" />
        <Button look="primary" onClick={close}>
          Done
        </Button>
      </div>
    </ModalDialog>
  );
}

function NameForm({ onCreated, onCancel }: { readonly onCreated: (key: string) => void; readonly onCancel: () => void }) {
  const [name, setName] = useState('');
  const [strict, setStrict] = useState(false);
  const [sensitivity, setSensitivity] = useState<Sensitivity>('normal');
  const task = useTask();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void task.run(async () => onCreated(await createClientKey({ name: name.trim(), strict, sensitivity })));
  };
  return (
    <form onSubmit={submit} className="grid gap-4">
      <TextField
        label="Name of the program"
        placeholder="editor, script, agent …"
        value={name}
        maxLength={100}
        onValue={setName}
        error={task.failure?.field === 'name' ? task.failure.message : null}
      />
      <ToggleField
        label="Strict"
        hint="Refuse a request when the provider’s format has no words for one of its fields, rather than leave the field out."
        checked={strict}
        onChange={setStrict}
      />
      <SelectField
        label="Its requests are"
        hint={sensitivityHint}
        value={sensitivity}
        onValue={(chosen) => setSensitivity(sensitivityOf(chosen))}
      >
        {sensitivityChoices.map(([value, word]) => (
          <option key={value} value={value}>
            {word}
          </option>
        ))}
      </SelectField>
      <ErrorLine message={task.failure && task.failure.field !== 'name' ? task.failure.message : null} />
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>Cancel</Button>
        <Button look="primary" type="submit" disabled={task.busy || name.trim() === ''}>
          Create key
        </Button>
      </div>
    </form>
  );
}
