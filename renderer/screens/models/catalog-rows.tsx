/** What could be pulled: sizes of models, each with how it would run here and the button that fetches it. */
import { ArrowDownToLine } from 'lucide-react';
import type { CatalogModel, CatalogVariant, RecommendedModel } from '../../../gateway/contract/local-engine/models.ts';
import { Button } from '../../components/button.tsx';
import { mayPull } from '../../components/local-engine/engine-words.ts';
import { ErrorLine } from '../../components/notice.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { useTask } from '../../components/use-task.ts';
import { actOnPull, useLocalEngine } from '../../stores/local-engine.ts';
import { abilityNames, fitWords, purposeWords, variantLine, withTag } from './local-model-words.ts';

interface PullButtonProps {
  readonly name: string;
  readonly installed: boolean;
  readonly task: ReturnType<typeof useTask>;
}

/** Says what stands in the way of pulling it, or that it is on its way. */
function PullButton({ name, installed, task }: PullButtonProps) {
  const engine = useLocalEngine((state) => state.engine);
  const pull = useLocalEngine((state) => state.pulls?.find(({ model }) => model === withTag(name)));
  if (installed) return <StateBadge tone="good" word="Installed" className="w-24" />;
  if (pull && pull.state !== 'failed' && pull.state !== 'done')
    return <StateBadge tone={pull.state === 'running' ? 'live' : 'idle'} word="On its way" className="w-24" />;
  const isReady = mayPull(engine);
  return (
    <Button
      icon={<ArrowDownToLine aria-hidden className="size-4" />}
      disabled={task.busy || !isReady}
      title={isReady ? undefined : 'An engine must be here first'}
      onClick={() => void task.run(() => actOnPull('local-models.pull', name))}
      aria-label={`Pull ${name}`}
      className="w-24"
    >
      Pull
    </Button>
  );
}

interface VariantRowProps {
  readonly variant: CatalogVariant;
  /** Only of one that is recommended. */
  readonly purpose?: RecommendedModel['purpose'];
  readonly description?: string;
}

export function VariantRow({ variant, purpose, description }: VariantRowProps) {
  const task = useTask();
  return (
    <li data-variant={variant.name} className="grid gap-1 px-4 py-2">
      <div className="flex items-center gap-3">
        {purpose === undefined ? null : <span className="w-24 shrink-0 font-medium">{purposeWords[purpose]}</span>}
        <div className="min-w-0 flex-1">
          <p className="truncate font-mono text-xs" title={variant.name}>
            {variant.name}
          </p>
          {description === undefined ? null : <p className="wrap-anywhere">{description}</p>}
          <p className="text-soft text-xs wrap-anywhere">{variantLine(variant)}</p>
        </div>
        <StateBadge {...fitWords[variant.fit]} className="w-32 shrink-0" />
        <PullButton name={variant.name} installed={variant.installed} task={task} />
      </div>
      <ErrorLine message={task.failure?.message ?? null} />
    </li>
  );
}

export function CatalogEntry({ item: { name, description, abilities, variants } }: { readonly item: CatalogModel }) {
  const words = abilityNames(abilities).join(', ');
  return (
    <li data-catalog={name} className="grid pt-2">
      <p className="px-4 wrap-anywhere">
        <span className="font-medium">{name}</span> <span className="text-soft">{words}</span>
      </p>
      <p className="px-4 text-soft wrap-anywhere">{description}</p>
      <ul aria-label={`Sizes of ${name}`}>
        {variants.map((variant) => (
          <VariantRow key={variant.name} variant={variant} />
        ))}
      </ul>
    </li>
  );
}

/** A name that the catalog does not have: the library may know it all the same. */
export function PullByName({ name }: { readonly name: string }) {
  const task = useTask();
  const installed = useLocalEngine((state) => state.models?.some((model) => model.name === withTag(name)) ?? false);
  return (
    <div className="grid gap-1 rounded-md border border-line bg-raised px-4 py-2">
      <div className="flex items-center gap-3">
        <p className="min-w-0 flex-1 wrap-anywhere">
          Not in the catalog by this name: <span className="font-mono text-xs">{name}</span>
        </p>
        <PullButton name={name} installed={installed} task={task} />
      </div>
      <ErrorLine message={task.failure?.message ?? null} />
    </div>
  );
}
