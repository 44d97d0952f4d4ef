/** The keys that programs show to Gatehouse: make, change what they may do, rotate, see when each was last used, revoke. */
import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import type { ClientItem } from '../../../gateway/contract/records.ts';
import { Button } from '../../components/button.tsx';
import { NewKeyDialog } from '../../components/new-key-dialog.tsx';
import { EmptyNotice, ErrorNotice, SkeletonRows } from '../../components/notice.tsx';
import { Section } from '../../components/section.tsx';
import { readClients, useGateway } from '../../stores/gateway.ts';
import { ClientRow } from './client-row.tsx';
import { EditKeyDialog } from './edit-key-dialog.tsx';
import { RevokeDialog } from './revoke-dialog.tsx';
import { RotateDialog } from './rotate-dialog.tsx';

interface Asked {
  readonly what: 'edit' | 'rotate' | 'revoke';
  readonly client: ClientItem;
}

export function ClientKeys() {
  const [asking, setAsking] = useState(false);
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = () => setAsked(null);
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
        A program shows its key to Gatehouse. These are not your providers’ keys, and no program ever sees those. A key says what
        its program may spend, how much and which models it may ask, and how private its requests are.
      </p>
      <div className="grid rounded-md border border-line bg-raised">
        <List onAsk={(what, client) => setAsked({ what, client })} />
      </div>
      <NewKeyDialog open={asking} onClose={() => setAsking(false)} />
      {asked?.what === 'edit' ? <EditKeyDialog client={asked.client} onClose={close} /> : null}
      {asked?.what === 'rotate' ? <RotateDialog client={asked.client} onClose={close} /> : null}
      {asked?.what === 'revoke' ? <RevokeDialog client={asked.client} onClose={close} /> : null}
    </Section>
  );
}

function List({ onAsk }: { readonly onAsk: (what: Asked['what'], client: ClientItem) => void }) {
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
        <ClientRow key={client.id} client={client} onAsk={(what) => onAsk(what, client)} />
      ))}
    </ul>
  );
}
