/** What needs attention, each with what to do about it. Not there at all when nothing does. */
import { TriangleAlert } from 'lucide-react';
import type { DesktopState } from '../../../gateway/contract/desktop.ts';
import type { Problem } from '../../../gateway/contract/status.ts';
import { Button } from '../../components/button.tsx';
import { Section } from '../../components/section.tsx';
import { useDesktop } from '../../stores/desktop.ts';
import { useGateway } from '../../stores/gateway.ts';

/** What only the shell knows: its gateway process, and how the data key is kept. */
function shellProblems(state: DesktopState | null): readonly Problem[] {
  if (!state) return [];
  const { gatewayProcess, keyProtection } = state;
  const problems: Problem[] = [];
  if (gatewayProcess.message !== null) problems.push({ id: 'gateway-process', message: gatewayProcess.message, fix: '' });
  const isSafe = keyProtection.state === 'protected' || keyProtection.state === 'given';
  if (!isSafe) problems.push({ id: 'key-protection', message: keyProtection.message, fix: '' });
  return problems;
}

export function ProblemList() {
  const status = useGateway((state) => state.status);
  const { desktop, state } = useDesktop();
  const problems = [...(status?.problems ?? []), ...shellProblems(state)];
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
