/** Everything that needs attention: what the gateway says, and in the app what only the shell knows. */
import type { DesktopState } from '../../gateway/contract/desktop.ts';
import type { Problem } from '../../gateway/contract/status.ts';
import { useDesktop } from './desktop.ts';
import { useGateway } from './gateway.ts';

/** The shell's own problems: its gateway process, and how the data key is kept. */
export function shellProblems(state: DesktopState | null): readonly Problem[] {
  if (!state) return [];
  const { gatewayProcess, keyProtection } = state;
  const problems: Problem[] = [];
  if (gatewayProcess.message !== null) problems.push({ id: 'gateway-process', message: gatewayProcess.message, fix: '' });
  const isSafe = keyProtection.state === 'protected' || keyProtection.state === 'given';
  if (!isSafe) problems.push({ id: 'key-protection', message: keyProtection.message, fix: '' });
  return problems;
}

export function useProblems(): readonly Problem[] {
  const status = useGateway((state) => state.status);
  const shell = useDesktop((state) => state.state);
  return [...(status?.problems ?? []), ...shellProblems(shell)];
}
