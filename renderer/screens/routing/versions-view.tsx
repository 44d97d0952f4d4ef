/** The versions of the config: what each changed, what differs between two, and the way back to one. */
import { History, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { classNames } from '../../components/class-names.ts';
import { ModalDialog } from '../../components/dialog.tsx';
import { DialogEnd } from '../../components/dialog-end.tsx';
import { SelectField } from '../../components/field.tsx';
import { formatAgo, formatMoment } from '../../components/formats.ts';
import { EmptyNotice, ErrorLine, ErrorNotice, SkeletonRows } from '../../components/notice.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { useTask } from '../../components/use-task.ts';
import { useGateway } from '../../stores/gateway.ts';
import { navigate, useQuery, useRoute, withQuery } from '../../stores/route.ts';
import { type ConfigVersion, restoreVersion, useDifference, useVersions } from '../../stores/versions.ts';
import { ChangeList } from './change-list.tsx';
import { sourceWords } from './version-words.ts';

const go = (changes: Readonly<Record<string, string | null>>) =>
  navigate(withQuery(useRoute.getState(), changes), { replace: true });

interface Restored {
  readonly version: number;
  readonly before: number;
  readonly now: number;
}

export function VersionsView() {
  const { value: versions, error, retry } = useVersions();
  const query = useQuery();
  const now = useGateway(({ config }) => config?.version) ?? 0;
  const [restored, setRestored] = useState<Restored | null>(null);
  if (!versions) {
    return error ? (
      <ErrorNotice title="The versions could not be read" message={error} onRetry={retry} />
    ) : (
      <SkeletonRows rows={8} />
    );
  }
  const chosen =
    versions.find(({ version }) => String(version) === query.get('version')) ?? versions.find((one) => one.version !== now);
  return (
    <div className="grid content-start gap-3">
      <p className="text-soft">
        Every config that was accepted is kept: providers, rules, everything but keys. Going back makes a new version; nothing is
        lost.
      </p>
      {restored && restored.now === now ? <RestoredLine restored={restored} onUndone={() => setRestored(null)} /> : null}
      {chosen === undefined ? (
        <EmptyNotice icon={History} title="One version so far">
          With the next change there are two, and you can see what differs and go back.
        </EmptyNotice>
      ) : (
        <div className="grid grid-cols-[236px_minmax(0,1fr)] gap-6">
          <VersionList versions={versions} chosen={chosen.version} now={now} />
          <VersionPane key={chosen.version} chosen={chosen} versions={versions} now={now} onRestored={setRestored} />
        </div>
      )}
    </div>
  );
}

interface VersionListProps {
  readonly versions: readonly ConfigVersion[];
  readonly chosen: number;
  readonly now: number;
}

function VersionList({ versions, chosen, now }: VersionListProps) {
  return (
    <ul
      aria-label="Versions"
      className="sticky top-0 grid max-h-[calc(100vh-236px)] content-start self-start divide-y divide-line overflow-y-auto rounded-md border border-line bg-raised"
    >
      {versions.map(({ version, savedAtMs, source }) => (
        <li key={version}>
          <button
            type="button"
            aria-current={version === chosen ? 'true' : undefined}
            onClick={() => go({ version: String(version), with: null })}
            className={classNames(
              'grid w-full gap-0.5 px-3 py-1.5 text-left focus-visible:-outline-offset-2',
              version === chosen ? 'bg-accent-ground' : 'hover:bg-ground',
            )}
          >
            <span className="flex items-center gap-2">
              <span className="flex-1 font-medium">Version {version}</span>
              {version === now ? <StateBadge tone="good" word="In force" className="text-xs" /> : null}
            </span>
            <span className="truncate text-soft text-xs" title={formatMoment(savedAtMs)}>
              {formatAgo(savedAtMs, Date.now())}, {sourceWords(source)}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

interface VersionPaneProps {
  readonly chosen: ConfigVersion;
  readonly versions: readonly ConfigVersion[];
  readonly now: number;
  readonly onRestored: (restored: Restored) => void;
}

function VersionPane({ chosen, versions, now, onRestored }: VersionPaneProps) {
  const query = useQuery();
  const [asking, setAsking] = useState(false);
  const others = versions.filter(({ version }) => version !== chosen.version);
  const wanted = others.find(({ version }) => String(version) === query.get('with'))?.version;
  const against = wanted ?? (chosen.version === now ? (others[0]?.version ?? null) : now);
  const [older, newer] = against === null ? [null, null] : [Math.min(chosen.version, against), Math.max(chosen.version, against)];
  const { value, error, retry } = useDifference(older, newer);
  return (
    <section aria-label={`Version ${chosen.version}`} className="grid min-w-0 content-start gap-3">
      <div className="flex flex-wrap items-end justify-between gap-3">
        <div className="w-64">
          <SelectField
            label={`Version ${chosen.version} beside`}
            value={String(against ?? '')}
            onValue={(version) => go({ with: version })}
          >
            {others.map(({ version, savedAtMs }) => (
              <option key={version} value={version}>
                {version === now ? `what is in force (${version})` : `version ${version}, ${formatMoment(savedAtMs)}`}
              </option>
            ))}
          </SelectField>
        </div>
        {chosen.version === now ? null : (
          <Button icon={<History aria-hidden className="size-4" />} onClick={() => setAsking(true)}>
            Return to version {chosen.version}
          </Button>
        )}
      </div>
      <p className="text-soft">
        From version {older} to version {newer}:
      </p>
      {value ? (
        <ChangeList changes={value} />
      ) : error ? (
        <ErrorNotice title="The two could not be compared" message={error} onRetry={retry} />
      ) : (
        <SkeletonRows rows={4} />
      )}
      {asking ? <ReturnDialog chosen={chosen} now={now} onClose={() => setAsking(false)} onRestored={onRestored} /> : null}
    </section>
  );
}

interface ReturnDialogProps {
  readonly chosen: ConfigVersion;
  readonly now: number;
  readonly onClose: () => void;
  readonly onRestored: (restored: Restored) => void;
}

function ReturnDialog({ chosen, now, onClose, onRestored }: ReturnDialogProps) {
  const task = useTask();
  const difference = useDifference(now, chosen.version);
  const count = difference.value?.length;
  const restore = async () => {
    const isDone = await task.run(async () => onRestored({ version: chosen.version, ...(await restoreVersion(chosen.version)) }));
    if (isDone) onClose();
  };
  const changes =
    count === undefined ? 'what differs' : count === 1 ? 'the 1 place that differs' : `all ${count} places that differ`;
  return (
    <ModalDialog
      open
      onClose={onClose}
      title={`Return to version ${chosen.version}?`}
      description={`It was saved ${formatMoment(chosen.savedAtMs)}. The whole config is as it was then, in ${changes}; requests that run are not touched. Version ${now} stays in this list.`}
    >
      <DialogEnd task={task} leave={`Stay with version ${now}`} onLeave={onClose}>
        <Button look="primary" disabled={task.busy} onClick={() => void restore()}>
          Return to version {chosen.version}
        </Button>
      </DialogEnd>
    </ModalDialog>
  );
}

function RestoredLine({ restored, onUndone }: { readonly restored: Restored; readonly onUndone: () => void }) {
  const task = useTask();
  const undo = async () => {
    if (await task.run(async () => void (await restoreVersion(restored.before)))) onUndone();
  };
  return (
    <div className="grid gap-2 rounded-md border border-line bg-raised px-3 py-2">
      <ErrorLine message={task.failure?.message ?? null} />
      <div className="flex items-center gap-2">
        <span role="status" className="mr-auto min-w-0">
          <StateBadge tone="good" word={`Version ${restored.version} is in force again, as version ${restored.now}`} />
        </span>
        <Button disabled={task.busy} icon={<Undo2 aria-hidden className="size-4" />} onClick={() => void undo()}>
          Undo
        </Button>
      </div>
    </div>
  );
}
