/** What runs here, and where it keeps its things. */
import { FolderOpen } from 'lucide-react';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { formatMoment } from '../../components/formats.ts';
import { ErrorLine, SkeletonRows } from '../../components/notice.tsx';
import { Section } from '../../components/section.tsx';
import { useTask } from '../../components/use-task.ts';
import { useDesktop } from '../../stores/desktop.ts';
import { useGateway } from '../../stores/gateway.ts';

export function About() {
  const { status, config, secrets } = useGateway();
  const keyProtection = useDesktop(({ state }) => state?.keyProtection);
  if (!status || !config) return <SkeletonRows rows={4} />;
  const facts: (readonly [name: string, value: string])[] = [
    ['Version', status.programVersion],
    ['Running since', status.startedAtMs === null ? 'not running' : formatMoment(status.startedAtMs)],
    ['Port', String(status.port)],
    ['Config', `version ${config.version}`],
    ['Provider keys', keyProtection?.message ?? (secrets ? `encrypted with a key kept in ${secrets.keptIn}` : '')],
  ];
  for (const { path, value, source } of config.overrides) facts.push([path, `${String(value)}, set by ${source} for this run`]);
  return (
    <Section title="About">
      <dl className="grid grid-cols-[128px_minmax(0,1fr)] items-center gap-x-4 gap-y-1 rounded-md border border-line bg-raised px-4 py-3">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-soft wrap-anywhere">{name}</dt>
            <dd className="min-w-0 wrap-anywhere">{value}</dd>
          </div>
        ))}
        <dt className="text-soft">Data folder</dt>
        <dd className="min-w-0">
          <DataFolder path={status.dataDir} />
        </dd>
      </dl>
    </Section>
  );
}

function DataFolder({ path }: { readonly path: string }) {
  const desktop = useDesktop((state) => state.desktop);
  const task = useTask();
  const open = () =>
    void task.run(async () => {
      const problem = await desktop?.openDataFolder();
      if (problem) throw new Error(problem);
    });
  return (
    <div className="grid gap-1">
      <div className="flex min-w-0 items-center gap-1">
        <code className="truncate font-mono text-xs" title={path}>
          {path}
        </code>
        <CopyButton small text={path} what="data folder" />
        {desktop ? (
          <Button look="quiet" icon={<FolderOpen aria-hidden className="size-4" />} onClick={open}>
            Show
          </Button>
        ) : null}
      </div>
      <ErrorLine message={task.failure?.message ?? null} />
    </div>
  );
}
