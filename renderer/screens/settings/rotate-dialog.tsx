/** Gives a program a new key, while its older one works for a time yet. */
import { type FormEvent, useState } from 'react';
import type { ClientItem } from '../../../gateway/contract/records.ts';
import { Button } from '../../components/button.tsx';
import { ModalDialog } from '../../components/dialog.tsx';
import { DialogEnd } from '../../components/dialog-end.tsx';
import { SelectField } from '../../components/field.tsx';
import { formatMoment } from '../../components/formats.ts';
import { KeyOnce } from '../../components/new-key-dialog.tsx';
import { useTask } from '../../components/use-task.ts';
import { rotateClientKey } from '../../stores/gateway.ts';

/** Minutes, and how they are said. */
const overlaps = [
  [0, 'not at all: it ends at once'],
  [60, 'for an hour'],
  [24 * 60, 'for a day'],
  [7 * 24 * 60, 'for a week'],
  [30 * 24 * 60, 'for thirty days'],
] as const;

type Made = Awaited<ReturnType<typeof rotateClientKey>>;

export function RotateDialog({ client, onClose }: { readonly client: ClientItem; readonly onClose: () => void }) {
  const [minutes, setMinutes] = useState<number>(24 * 60);
  const [made, setMade] = useState<Made | null>(null);
  const task = useTask();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void task.run(async () => setMade(await rotateClientKey(client.id, minutes)));
  };
  if (made !== null) {
    const older = made.olderEndAtMs > Date.now() ? `works until ${formatMoment(made.olderEndAtMs)}` : 'has ended';
    const description = `It is shown this once. Put it where ${client.name} has the older one, which ${older}.`;
    return <KeyOnce value={made.key} description={description} onClose={onClose} />;
  }
  return (
    <ModalDialog
      open
      onClose={onClose}
      title={`A new key for ${client.name}`}
      description="Its budgets, limits and history stay. Both keys work until the older one ends, so that the program can be changed without haste."
    >
      <form onSubmit={submit} className="grid gap-4">
        <SelectField label="The older key works on" value={minutes} onValue={(text) => setMinutes(Number(text))}>
          {overlaps.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </SelectField>
        <DialogEnd task={task} onLeave={onClose}>
          <Button look="primary" type="submit" disabled={task.busy}>
            Make the new key
          </Button>
        </DialogEnd>
      </form>
    </ModalDialog>
  );
}
