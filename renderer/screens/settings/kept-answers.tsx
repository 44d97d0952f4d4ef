/** Whether answers are kept in memory, so that programs may go on from them. */
import { ErrorLine, SkeletonRows } from '../../components/notice.tsx';
import { Section } from '../../components/section.tsx';
import { ToggleField } from '../../components/toggle.tsx';
import { useTask } from '../../components/use-task.ts';
import { keepResponses } from '../../stores/apply-edit.ts';
import { useGateway } from '../../stores/gateway.ts';

export function KeptAnswers() {
  const keep = useGateway((state) => state.config?.effective.responses.keep);
  const task = useTask();
  return (
    <Section title="Conversations">
      <div className="grid gap-2 rounded-md border border-line bg-raised px-4 py-3">
        {keep === undefined ? (
          <SkeletonRows rows={2} />
        ) : (
          <ToggleField
            label="Keep answers, so that programs can continue them"
            hint="A program that speaks OpenAI responses may name an earlier answer instead of sending the whole conversation again. Gatehouse keeps such answers where no provider does: in memory, each key’s apart, until it stops. Nothing of them is written to disk."
            checked={keep}
            disabled={task.busy}
            onChange={(wanted) => void task.run(() => keepResponses(wanted))}
          />
        )}
        <ErrorLine message={task.failure?.message ?? null} />
      </div>
    </Section>
  );
}
