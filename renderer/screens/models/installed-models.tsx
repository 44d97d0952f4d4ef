/** The models that are there: what they are, whether they are in memory, what room they take, and what can be done with them. */
import { PackageOpen } from 'lucide-react';
import { useState } from 'react';
import type { DiskUse, LocalModel } from '../../../gateway/contract/local-engine/models.ts';
import { isAnswering } from '../../components/local-engine/engine-words.ts';
import { NewKeyDialog } from '../../components/new-key-dialog.tsx';
import { EmptyNotice, ErrorLine, ErrorNotice, SkeletonRows } from '../../components/notice.tsx';
import { Section } from '../../components/section.tsx';
import { readLocalModels, useLocalEngine } from '../../stores/local-engine.ts';
import { useDiskUse } from '../../stores/local-models.ts';
import { CopyDialog } from './copy-dialog.tsx';
import { diskWords } from './disk-words.ts';
import { InstalledRow } from './installed-row.tsx';
import { canChat } from './local-model-words.ts';
import { OptionsDialog } from './options-dialog.tsx';
import { RemoveDialog } from './remove-dialog.tsx';
import { TryCommand } from './try-command.tsx';

export type Asked = { readonly what: 'options' | 'copy' | 'remove'; readonly model: LocalModel };

/** The questions stand beside the list, not in it: an engine that ends meanwhile takes the list away, and nothing that was typed. */
export function InstalledModels() {
  const isThere = useLocalEngine(({ engine }) => isAnswering(engine));
  const [asked, setAsked] = useState<Asked | null>(null);
  const [key, setKey] = useState<string | null>(null);
  const [asksKey, setAsksKey] = useState(false);
  const disk = useDiskUse();
  const close = () => setAsked(null);
  return (
    <>
      {isThere ? (
        <Section title="Installed" aside={<Disk use={disk.value} error={disk.error} />}>
          <List onAsk={setAsked} apiKey={key} onAskKey={() => setAsksKey(true)} />
        </Section>
      ) : null}
      {asked?.what === 'options' ? <OptionsDialog model={asked.model} onClose={close} /> : null}
      {asked?.what === 'copy' ? <CopyDialog model={asked.model} onClose={close} /> : null}
      {asked?.what === 'remove' ? <RemoveDialog model={asked.model} disk={disk.value} onClose={close} /> : null}
      <NewKeyDialog open={asksKey} onClose={() => setAsksKey(false)} onCreated={setKey} />
    </>
  );
}

interface ListProps {
  readonly onAsk: (asked: Asked) => void;
  /** For the command that asks a model; null while none was made here. */
  readonly apiKey: string | null;
  readonly onAskKey: () => void;
}

function List({ onAsk, apiKey, onAskKey }: ListProps) {
  const models = useLocalEngine((state) => state.models);
  const error = useLocalEngine((state) => state.errors.models);
  const providerId = useLocalEngine(({ engine }) => engine?.providerId ?? null);
  if (models === null || models.length === 0) {
    return (
      <div className="grid min-h-32 rounded-md border border-line bg-raised">
        <Nothing known={models !== null} error={error} />
      </div>
    );
  }
  const first = models.find((model) => canChat(model) && model.remoteHost === null);
  return (
    <>
      <ErrorLine message={error === null ? null : `The local models could not be read anew: ${error}`} />
      <ul aria-label="Installed models" className="grid divide-y divide-line rounded-md border border-line bg-raised">
        {models.map((model) => (
          <InstalledRow key={model.name} model={model} providerId={providerId} onAsk={(what) => onAsk({ what, model })} />
        ))}
      </ul>
      {first && providerId !== null ? (
        <TryCommand model={`${providerId}/${first.name}`} apiKey={apiKey} onAskKey={onAskKey} />
      ) : null}
    </>
  );
}

function Nothing({ known, error }: { readonly known: boolean; readonly error: string | null }) {
  if (error !== null)
    return <ErrorNotice title="The local models could not be listed" message={error} onRetry={() => void readLocalModels()} />;
  if (!known) return <SkeletonRows rows={3} />;
  return (
    <EmptyNotice icon={PackageOpen} title="No model yet">
      Pull one of those below: programs can ask for it as soon as it is there.
    </EmptyNotice>
  );
}

function Disk({ use, error }: { readonly use: DiskUse | null; readonly error: string | null }) {
  if (use === null) return error === null ? null : <span className="text-soft">{error}</span>;
  return (
    <span className="min-w-0 truncate text-soft" title={use.folder ?? undefined}>
      {diskWords(use)}
    </span>
  );
}
