/** The keys that programs show to Gatehouse: make, see when each was last used, revoke. */
import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import type { ClientItem } from '../../../gateway/contract/records.ts';
import { Button } from '../../components/button.tsx';
import { ModalDialog } from '../../components/dialog.tsx';
import { inputLook, openList } from '../../components/field.tsx';
import { formatAgo, formatMoment } from '../../components/formats.ts';
import { NewKeyDialog } from '../../components/new-key-dialog.tsx';
import { EmptyNotice, ErrorLine, ErrorNotice, SkeletonRows } from '../../components/notice.tsx';
import { Section } from '../../components/section.tsx';
import { sensitivityChoices, sensitivityOf } from '../../components/sensitivity-words.ts';
import { StateBadge } from '../../components/state-badge.tsx';
import { Toggle } from '../../components/toggle.tsx';
import { useTask } from '../../components/use-task.ts';
import { readClients, revokeClientKey, updateClient, useGateway } from '../../stores/gateway.ts';

export function ClientKeys() {
  const [asking, setAsking] = useState(false);
  const [revoking, setRevoking] = useState<ClientItem | null>(null);
  return (
    <Section
      title="Client keys"
      aside={
        <Button icon={<Plus aria-hidden className="size-4" />} onClick={() => setAsking(true)}>
          New client key
        </Button>
      }
    >
      <p className="text-soft">
        A program shows its key to Gatehouse. These are not your providers’ keys, and no program ever sees those. A strict key’s
        request is refused when the provider’s format has no words for one of its fields; any other goes on without the field, and
        the log says so. Normal, private or secret says how private its requests are at least: rules under Routing can keep such
        requests on this machine.
      </p>
      <div className="grid rounded-md border border-line bg-raised">
        <List onRevoke={setRevoking} />
      </div>
      <NewKeyDialog open={asking} onClose={() => setAsking(false)} />
      {revoking ? <RevokeDialog client={revoking} onClose={() => setRevoking(null)} /> : null}
    </Section>
  );
}

function List({ onRevoke }: { readonly onRevoke: (client: ClientItem) => void }) {
  const clients = useGateway((state) => state.clients);
  const error = useGateway((state) => state.error);
  if (!clients) {
    return error ? (
      <ErrorNotice title="The keys could not be read" message={error} onRetry={() => void readClients()} />
    ) : (
      <SkeletonRows rows={3} />
    );
  }
  if (clients.length === 0) {
    return (
      <EmptyNotice icon={KeyRound} title="No client key yet">
        Make one for the first program that you point at Gatehouse.
      </EmptyNotice>
    );
  }
  return (
    <ul aria-label="Client keys" className="grid content-start divide-y divide-line">
      {clients.map((client) => (
        <ClientRow key={client.id} client={client} onRevoke={() => onRevoke(client)} />
      ))}
    </ul>
  );
}

function ClientRow({ client, onRevoke }: { readonly client: ClientItem; readonly onRevoke: () => void }) {
  const { id, name, strict, sensitivity, prefix, createdAtMs, lastSeenAtMs, revokedAtMs } = client;
  const task = useTask();
  const now = Date.now();
  const seen = lastSeenAtMs === null ? 'never used' : `last used ${formatAgo(lastSeenAtMs, now)}`;
  return (
    <li className="grid gap-1 px-3 py-1">
      <div className="flex min-h-10 items-center gap-4">
        <div className="min-w-0 flex-1">
          <p className="truncate font-medium">{name}</p>
          <p className="truncate text-soft text-xs" title={`Made ${formatMoment(createdAtMs)}`}>
            <code className="font-mono">{prefix}…</code> made {formatAgo(createdAtMs, now)}, {seen}
          </p>
        </div>
        {revokedAtMs === null ? (
          <>
            <div className="flex items-center gap-2">
              <Toggle
                label={`Strict: ${name}`}
                checked={strict}
                disabled={task.busy}
                onChange={(wanted) => void task.run(() => updateClient(id, { strict: wanted }))}
              />
              <span aria-hidden className={strict ? '' : 'text-soft'}>
                Strict
              </span>
            </div>
            <select
              aria-label={`How private the requests of ${name} are`}
              title="How private its requests are"
              value={sensitivity}
              onKeyDown={openList}
              onChange={(event) => void task.run(() => updateClient(id, { sensitivity: sensitivityOf(event.target.value) }))}
              className={`${inputLook} w-24!`}
            >
              {sensitivityChoices.map(([value, word]) => (
                <option key={value} value={value}>
                  {word}
                </option>
              ))}
            </select>
            <Button onClick={onRevoke} aria-label={`Revoke ${name}`}>
              Revoke
            </Button>
          </>
        ) : (
          <StateBadge tone="idle" word={`Revoked ${formatAgo(revokedAtMs, now)}`} />
        )}
      </div>
      <ErrorLine message={task.failure?.message ?? null} />
    </li>
  );
}

function RevokeDialog({ client, onClose }: { readonly client: ClientItem; readonly onClose: () => void }) {
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
      <ErrorLine message={task.failure?.message ?? null} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Keep it</Button>
        <Button look="danger" disabled={task.busy} onClick={() => void revoke()}>
          Revoke key
        </Button>
      </div>
    </ModalDialog>
  );
}
