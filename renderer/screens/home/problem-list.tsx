/** What needs attention, each with what to do about it. Not there at all when nothing does. */
import { TriangleAlert } from 'lucide-react';
import { Button } from '../../components/button.tsx';
import { ErrorLine } from '../../components/notice.tsx';
import { Section } from '../../components/section.tsx';
import { type Task, useTask } from '../../components/use-task.ts';
import { useDesktop } from '../../stores/desktop.ts';
import { actOnEngine } from '../../stores/local-engine.ts';
import { type ProblemAction, useProblems } from '../../stores/problems.ts';
import { navigate } from '../../stores/route.ts';

export function ProblemList() {
  const { desktop, state } = useDesktop();
  const problems = useProblems();
  const task = useTask();
  const mayRestart = state?.gatewayProcess.state === 'failed' || state?.keyProtection.state === 'unavailable';
  if (problems.length === 0) return null;
  return (
    <Section
      title="Needs attention"
      aside={
        mayRestart && desktop ? <Button onClick={() => void desktop.restartGateway()}>Start the gateway again</Button> : null
      }
    >
      <ul className="grid gap-2">
        {problems.map(({ id, message, fix, action }) => (
          <li key={id} className="flex items-start gap-2 rounded-md bg-warn-ground px-3 py-2">
            <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
            <span className="min-w-0 flex-1 wrap-anywhere">
              <strong className="font-medium">{message}</strong> {fix}
            </span>
            {action ? <FixButton action={action} task={task} about={message} /> : null}
          </li>
        ))}
      </ul>
      <ErrorLine message={task.failure?.message ?? null} />
    </Section>
  );
}

interface FixButtonProps {
  readonly action: ProblemAction;
  readonly task: Task;
  /** Several of them may stand below each other. */
  readonly about: string;
}

function FixButton({ action, task, about }: FixButtonProps) {
  const go = () => {
    if ('to' in action) navigate(action.to);
    else void task.run(() => actOnEngine(action.act));
  };
  return (
    <Button disabled={task.busy} onClick={go} aria-label={`${action.label}: ${about}`} className="-my-1">
      {action.label}
    </Button>
  );
}
