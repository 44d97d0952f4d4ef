/** What needs attention, each with what to do about it. Not there at all when nothing does. */
import { TriangleAlert } from 'lucide-react';
import { Button } from '../../components/button.tsx';
import { Section } from '../../components/section.tsx';
import { useDesktop } from '../../stores/desktop.ts';
import { useProblems } from '../../stores/problems.ts';

export function ProblemList() {
  const { desktop, state } = useDesktop();
  const problems = useProblems();
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
        {problems.map(({ id, message, fix }) => (
          <li key={id} className="flex items-start gap-2 rounded-md bg-warn-ground px-3 py-2">
            <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
            <span className="min-w-0 wrap-anywhere">
              <strong className="font-medium">{message}</strong> {fix}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
