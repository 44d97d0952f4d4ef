/** The program: reads what was typed, opens the gateway, says that it is ready, and ends with an exit code that means something. */
import { writeSync } from 'node:fs';
import { announceReady } from './announce-ready.ts';
import { type GivenSecrets, parseCommandLine, secretVariables } from './config/command-line.ts';
import type { Gateway, GatewayOptions } from './gateway.ts';
import { createLog, type Log } from './log.ts';
import { openParentLink, type ParentLink } from './parent-link.ts';
import { readProgramVersion } from './program-version.ts';

/** better-sqlite3 needs Node-API 10; on less it ends the process without a word. */
const neededNodeApi = 10;

/** A gateway whose parent is gone has so long to write what it knows. */
const orphanMs = 1_500;

/** By the names of the errors that end a start: everything else is 1. */
const exitCodes: Readonly<Record<string, number>> = {
  ConfigFileError: 2,
  DataKeyError: 2,
  DataFolderInUseError: 3,
  PortTakenError: 4,
  ControlPortTakenError: 4,
};

async function run(): Promise<void> {
  // Whoever started it may be gone: that nobody reads what it says any more ends nothing.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const line = parseCommandLine(process.argv.slice(2), process.env);
  // No child process and no crash report may carry them.
  for (const name of secretVariables) delete process.env[name];
  if ('problem' in line) return leave(2, line.problem);
  if (line.command === 'help') return void process.stdout.write(`${line.text}\n`);
  if (line.command === 'version') return void process.stdout.write(`${readProgramVersion()}\n`);
  if (Number(process.versions['napi'] ?? 0) < neededNodeApi) {
    return leave(2, `Node ${process.versions.node} is too old for Gatehouse; start it with npm start, which brings Node 24.`);
  }
  const { options, command } = line;
  const log = createLog(options.json);
  const closer = createCloser(log);
  const given = await takeSecrets(options.handover ? openParentLink() : null, line.secrets, closer);
  const { openGateway } = await import('./gateway.ts');
  const opening = { options, ...given, log, programVersion: readProgramVersion() };
  const gateway = await openGateway(opening).catch((error: unknown) => {
    leave(exitCodeOf(error), error instanceof Error ? error.message : String(error));
  });
  if (!gateway) return;
  closer.take(gateway);
  await announceReady(gateway, command, options);
}

/** The secrets of the environment, or those that the parent hands over; the parent is then followed to its end. */
async function takeSecrets(link: ParentLink | null, secrets: GivenSecrets, closer: Closer): Promise<TakenSecrets> {
  if (!link) return { secrets, offeredKey: null };
  const handover = await link.handover.catch((error: unknown) =>
    leave(2, error instanceof Error ? error.message : String(error)),
  );
  link.follow({ stop: () => closer.close(0), gone: () => closer.abandon() });
  const { dataKey, dataKeyKeptIn, controlToken } = handover;
  return {
    secrets: { ...secrets, controlToken },
    offeredKey: { bytes: Buffer.from(dataKey, 'base64'), keptIn: dataKeyKeptIn },
  };
}

type TakenSecrets = Pick<GatewayOptions, 'secrets' | 'offeredKey'>;

interface Closer {
  take(gateway: Gateway): void;
  close(exitCode: number): void;
  /** Ends at once what runs, and the process soon. */
  abandon(): void;
}

/** The first signal ends what runs in its own time, the second at once; both write everything. */
function createCloser(log: Log): Closer {
  let gateway: Gateway | null = null;
  let closing = false;
  const close = (exitCode: number): void => {
    if (closing) return gateway?.hurry();
    closing = true;
    void (gateway?.close() ?? Promise.resolve()).then(
      () => process.exit(exitCode),
      (error: unknown) => leave(1, `Gatehouse could not stop cleanly: ${String(error)}`),
    );
  };
  const fatal = (error: Error): void => {
    log('error', 'Gatehouse has to stop.', { error: error.stack ?? error.message });
    close(1);
  };
  process.on('SIGTERM', () => close(0));
  process.on('SIGINT', () => close(0));
  process.on('uncaughtException', fatal);
  process.on('unhandledRejection', (reason) => fatal(reason instanceof Error ? reason : new Error(String(reason))));
  return {
    take: (opened) => {
      gateway = opened;
    },
    close,
    abandon: () => {
      setTimeout(() => process.exit(0), orphanMs).unref();
      if (!closing) close(0);
      gateway?.hurry();
    },
  };
}

function exitCodeOf(error: unknown): number {
  return error instanceof Error ? (exitCodes[error.name] ?? 1) : 1;
}

function leave(exitCode: number, message: string): never {
  // At once: what is written to a pipe by the way would be lost with the process.
  writeSync(2, `gatehouse: ${message}\n`);
  process.exit(exitCode);
}

await run();
