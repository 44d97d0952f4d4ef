/** Says how the gateway is: for the window and for `GET /health`. Pure. */
import type { GatewayStatus, Problem } from './contract/status.ts';
import type { Health } from './server/doors.ts';
import type { ListenerFacts } from './server/listener-switch.ts';

export interface StatusFacts {
  readonly facts: ListenerFacts;
  readonly configuredPort: number;
  readonly configVersion: number;
  readonly fileProblem: Problem | null;
  /** Why requests cannot be recorded; null while they can. */
  readonly ledgerProblem: string | null;
  /** By provider id: why its models could not be listed. */
  readonly listProblems: ReadonlyMap<string, string>;
  /** Of what stands beside: webhooks, the Ollama door. */
  readonly furtherProblems: readonly Problem[];
  /** Where the Ollama door is; null while it is closed. */
  readonly ollamaUrl: string | null;
  readonly inFlight: number;
  readonly dataDir: string;
  readonly programVersion: string;
}

/** Without the ledger nothing is answered; every other problem leaves something that works. */
const ledgerProblemId = 'ledger';

export function describeStatus(status: StatusFacts): GatewayStatus {
  const { facts, configuredPort, fileProblem, ledgerProblem, listProblems, furtherProblems, ...rest } = status;
  const { state, port, hosts, startedAtMs, failure } = facts;
  const problems: Problem[] = fileProblem ? [fileProblem] : [];
  if (failure !== null) {
    problems.push({
      id: 'listener',
      message: failure,
      fix: 'Free the port or set another under listen.port, then start the gateway again.',
    });
  }
  if (ledgerProblem !== null) {
    problems.push({
      id: ledgerProblemId,
      message: ledgerProblem,
      fix: 'Make room on the disk of the data folder, or close the program that holds its database. Until then requests are refused.',
    });
  }
  for (const [id, problem] of listProblems) problems.push(listProblem(id, problem));
  problems.push(...furtherProblems);
  return {
    state,
    baseUrl: port === null ? null : `http://127.0.0.1:${port}`,
    port: port ?? configuredPort,
    boundHosts: [...hosts],
    startedAtMs,
    problems,
    ...rest,
  };
}

function listProblem(id: string, problem: string): Problem {
  return {
    id: `models.${id}`,
    message: `The provider ${id} could not be asked for its models: ${problem}`,
    fix: `If it works all the same, write its models under "models" of the provider ${id} in the config, or switch it off.`,
  };
}

export function describeHealth({ state, problems }: GatewayStatus): Health {
  const checks: Record<string, string> = { listener: state };
  for (const { id, message } of problems) checks[id] = message;
  if (problems.some(({ id }) => id === ledgerProblemId)) return { status: 'unhealthy', checks };
  return { status: problems.length === 0 ? 'healthy' : 'degraded', checks };
}
