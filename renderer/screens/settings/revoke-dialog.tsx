/** Asks before a key is taken away. */
import type { ClientItem } from '../../../gateway/contract/records.ts';
import { Button } from '../../components/button.tsx';
import { ModalDialog } from '../../components/dialog.tsx';
import { DialogEnd } from '../../components/dialog-end.tsx';
import { useTask } from '../../components/use-task.ts';
import { revokeClientKey } from '../../stores/gateway.ts';

export function RevokeDialog({ client, onClose }: { readonly client: ClientItem; readonly onClose: () => void }) {
  const task = useTask();
  const revoke = async () => {
    if (await task.run(() => revokeClientKey(client.id))) onClose();
  };
  return (
    <ModalDialog
      open
      onClose={onClose}
      title={`Revoke the key of ${client.name}?`}
      description="Whoever uses it is turned away at once, running requests included. A revoked key cannot be brought back."
    >
      <DialogEnd task={task} leave="Keep it" onLeave={onClose}>
        <Button look="danger" disabled={task.busy} onClick={() => void revoke()}>
          Revoke key
        </Button>
      </DialogEnd>
    </ModalDialog>
  );
}
