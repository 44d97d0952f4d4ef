/** Asks before a model is removed, by its name and with what that frees. */
import type { DiskUse, LocalModel } from '../../../gateway/contract/local-engine/models.ts';
import { Button } from '../../components/button.tsx';
import { ModalDialog } from '../../components/dialog.tsx';
import { ErrorLine } from '../../components/notice.tsx';
import { useTask } from '../../components/use-task.ts';
import { deleteModel } from '../../stores/local-models.ts';
import { freedWords } from './disk-words.ts';

interface RemoveDialogProps {
  readonly model: LocalModel;
  readonly disk: DiskUse | null;
  readonly onClose: () => void;
}

export function RemoveDialog({ model, disk, onClose }: RemoveDialogProps) {
  const task = useTask();
  const remove = async () => {
    if (await task.run(() => deleteModel(model.name))) onClose();
  };
  return (
    <ModalDialog
      open
      onClose={onClose}
      title={`Remove ${model.name}?`}
      description={`It is deleted from the disk. ${freedWords(model, disk)} Requests for it are refused from then on; to have it again it must be pulled again.`}
    >
      <ErrorLine message={task.failure?.message ?? null} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Keep it</Button>
        <Button look="danger" disabled={task.busy} onClick={() => void remove()}>
          Remove model
        </Button>
      </div>
    </ModalDialog>
  );
}
