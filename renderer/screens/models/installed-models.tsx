/** The models that are there: what they are, whether they are in memory, what room they take, and what can be done with them. */
import { PackageOpen } from 'lucide-react';
import { useState } from 'react';
import type { DiskUse, LocalModel } from '../../../gateway/contract/local-engine/models.ts';
import { isAnswering } from '../../components/local-engine/engine-words.ts';
import { EmptyNotice, ErrorLine, ErrorNotice, SkeletonRows } from '../../components/notice.tsx';
import { Section } from '../../components/section.tsx';
import { readLocalModels, useLocalEngine } from '../../stores/local-engine.ts';
import { useDiskUse } from '../../stores/local-models.ts';
import { CopyDialog } from './copy-dialog.tsx';
import { RemoveDialog } from './remove-dialog.tsx';
import { diskWords } from './disk-words.ts';
import { InstalledRow } from './installed-row.tsx';
import { canChat } from './local-model-words.ts';
import { OptionsDialog } from './options-dialog.tsx';
import { TryCommand } from './try-command.tsx';

export type Asked = { readonly what: 'options' | 'copy' | 'remove'; readonly model: LocalModel };

export function InstalledModels() {
  const engine = useLocalEngine((state) => state.engine);
  const models = useLocalEngine((state) => state.models);
  const error = useLocalEngine((state) => state.errors.models);
  if (!isAnswering(engine)) return null;
  if (models === null) {
    return (
      <Section title="Installed">
        <div className="grid min-h-32 rounded-md border border-line bg-raised">
          {error === null ? (
            <SkeletonRows rows={3} />
          ) : (
            <ErrorNotice title="The local models could not be listed" message={error} onRetry={() => void readLocalModels()} />
          )}
        </div>
      </Section>
    );
  }
  return <Listed models={models} error={error} providerId={engine?.providerId ?? null} />;
}

interface ListedProps {
  readonly models: readonly LocalModel[];
  readonly error: string | null;
  readonly providerId: string | null;
}

function Listed({ models, error, providerId }: ListedProps) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const disk = useDiskUse();
  const close = () => setAsked(null);
  const first = models.find((model) => canChat(model) && model.remoteHost === null);
  return (
    <Section title="Installed" aside={<Disk use={disk.value} error={disk.error} />}>
      <ErrorLine message={error === null ? null : `The local models could not be read anew: ${error}`} />
      {models.length === 0 ? (
        <div className="grid rounded-md border border-line bg-raised">
          <EmptyNotice icon={PackageOpen} title="No model yet">
            Pull one of those below: programs can ask for it as soon as it is there.
          </EmptyNotice>
        </div>
      ) : (
        <ul aria-label="Installed models" className="grid divide-y divide-line rounded-md border border-line bg-raised">
          {models.map((model) => (
            <InstalledRow key={model.name} model={model} providerId={providerId} onAsk={(what) => setAsked({ what, model })} />
          ))}
        </ul>
      )}
      {first && providerId !== null ? <TryCommand model={`${providerId}/${first.name}`} /> : null}
      {asked?.what === 'options' ? <OptionsDialog model={asked.model} onClose={close} /> : null}
      {asked?.what === 'copy' ? <CopyDialog model={asked.model} onClose={close} /> : null}
      {asked?.what === 'remove' ? <RemoveDialog model={asked.model} disk={disk.value} onClose={close} /> : null}
    </Section>
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
