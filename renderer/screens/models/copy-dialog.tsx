/** Gives a model a second name: no second room is taken. */
import { type FormEvent, useState } from 'react';
import type { LocalModel } from '../../../gateway/contract/local-engine/models.ts';
import { localModelNameRule } from '../../../gateway/contract/local-engine/patterns.ts';
import { Button } from '../../components/button.tsx';
import { ModalDialog } from '../../components/dialog.tsx';
import { TextField } from '../../components/field.tsx';
import { ErrorLine } from '../../components/notice.tsx';
import { useTask } from '../../components/use-task.ts';
import { copyModel } from '../../stores/local-models.ts';

export function CopyDialog({ model, onClose }: { readonly model: LocalModel; readonly onClose: () => void }) {
  const [name, setName] = useState('');
  const [tried, setTried] = useState(false);
  const task = useTask();
  const wanted = name.trim();
  const isSound = localModelNameRule.pattern.test(wanted);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (isSound && (await task.run(() => copyModel(model.name, wanted)))) onClose();
  };
  const isAtField = task.failure?.field === 'destination';
  const problem = tried && !isSound ? localModelNameRule.message : isAtField ? task.failure?.message : null;
  return (
    <ModalDialog
      open
      onClose={onClose}
      title={`Copy ${model.name}`}
      description="The copy shares its parts with the original, so it takes no room; options can be set for it alone."
    >
      <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        <TextField
          label="Name of the copy"
          placeholder="my-model:latest"
          value={name}
          onValue={(text) => {
            task.clear();
            setName(text);
          }}
          error={problem}
        />
        <ErrorLine message={task.failure && !isAtField ? task.failure.message : null} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={task.busy || wanted === ''}>
            Copy
          </Button>
        </div>
      </form>
    </ModalDialog>
  );
}
