/** Everything that needs attention: what the gateway says, what becomes of the local engine, and in the app what only the shell knows. */
import type { DesktopState } from '../../gateway/contract/desktop.ts';
import type { EngineState } from '../../gateway/contract/local-engine/engine.ts';
import type { Pull } from '../../gateway/contract/local-engine/models.ts';
import type { Problem } from '../../gateway/contract/status.ts';
import { useDesktop } from './desktop.ts';
import { useGateway } from './gateway.ts';
import { type EngineAct, useLocalEngine } from './local-engine.ts';

/** One click: it does something, or leads to where something can be done. */
export type ProblemAction = { readonly label: string; readonly act: EngineAct } | { readonly label: string; readonly to: string };

export interface ShownProblem extends Problem {
  readonly action?: ProblemAction;
}

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

/** The gateway's own problems; of those that one click can mend, with it. */
export function gatewayProblems(problems: readonly Problem[]): readonly ShownProblem[] {
  return problems.map((problem) =>
    problem.id === 'local-engine' ? { ...problem, action: { label: 'Start again', act: 'engine.start' } } : problem,
  );
}

/** What went wrong with the local engine or a model on its way, beside what the gateway says itself: each with its reason. */
export function engineProblems(engine: EngineState | null, pulls: readonly Pull[]): readonly ShownProblem[] {
  const problems: ShownProblem[] = [];
  const say = (id: string, message: string, reason: string | null, action: ProblemAction) =>
    problems.push({ id: `local-engine-${id}`, message, fix: reason ?? '', action });
  if (engine?.phase === 'crashed-waiting')
    say('crashed', 'The local engine is being started again.', engine.reason, {
      label: 'Show it',
      to: '/models?view=local',
    });
  if (engine?.download?.state === 'failed')
    say('download', 'The local engine could not be downloaded.', engine.download.reason, {
      label: 'Try again',
      act: 'engine.download',
    });
  for (const { model, state, reason } of pulls) {
    if (state === 'failed')
      say(`pull-${model}`, `The model ${model} could not be fetched.`, reason, { label: 'Show it', to: '/models?view=local' });
  }
  return problems;
}

const noPulls: readonly Pull[] = [];

export function useProblems(): readonly ShownProblem[] {
  const status = useGateway((state) => state.status);
  const shell = useDesktop((state) => state.state);
  const engine = useLocalEngine((state) => state.engine);
  const pulls = useLocalEngine((state) => state.pulls ?? noPulls);
  return [...gatewayProblems(status?.problems ?? []), ...engineProblems(engine, pulls), ...shellProblems(shell)];
}
