/** What the newest list of models changes against the one a person last saw. */
import { Button } from '../../components/button.tsx';
import { formatCount } from '../../components/formats.ts';
import { ErrorLine } from '../../components/notice.tsx';
import { useTask } from '../../components/use-task.ts';
import { acceptModels, type ModelsAnswer } from '../../stores/providers.ts';
import { changeWords } from '../../components/model-words.ts';

/** More than anyone reads in a notice. */
const mostTold = 50;

interface Change {
  readonly id: string;
  readonly words: string;
}

function changesOf({ models, added, removed, changed }: ModelsAnswer): readonly Change[] {
  const now = new Map(models.map(({ id, facts }) => [id, facts]));
  const words = changed.map(({ id, before }) => ({ id, words: changeWords(before, now.get(id) ?? before) || 'details' }));
  return [...added.map((id) => ({ id, words: 'new' })), ...removed.map((id) => ({ id, words: 'gone' })), ...words];
}

export function ModelChanges({ providerId, models }: { readonly providerId: string; readonly models: ModelsAnswer }) {
  const task = useTask();
  const { added, removed, changed } = models;
  const changes = changesOf(models);
  if (changes.length === 0) return null;
  const counts = [
    [added.length, 'new'],
    [removed.length, 'gone'],
    [changed.length, 'changed'],
  ] as const;
  const summary = counts.flatMap(([count, word]) => (count > 0 ? [`${formatCount(count)} ${word}`] : [])).join(', ');
  return (
    <div className="grid gap-2 rounded-md border border-line bg-raised px-3 py-2">
      <div className="flex items-center justify-between gap-3">
        <p className="min-w-0 font-medium wrap-anywhere">Since you last looked: {summary}</p>
        <Button disabled={task.busy} onClick={() => void task.run(() => acceptModels(providerId))}>
          Mark as seen
        </Button>
      </div>
      <details>
        <summary className="cursor-pointer text-soft">Which</summary>
        <ul aria-label="What changed" className="mt-1 grid gap-1">
          {changes.slice(0, mostTold).map(({ id, words }) => (
            <li key={`${words} ${id}`} className="wrap-anywhere">
              <span className="font-mono text-xs">{id}</span> <span className="text-soft">{words}</span>
            </li>
          ))}
          {changes.length > mostTold ? <li className="text-soft">and {formatCount(changes.length - mostTold)} more</li> : null}
        </ul>
      </details>
      <ErrorLine message={task.failure?.message ?? null} />
    </div>
  );
}
