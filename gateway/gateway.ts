/** Puts the gateway together: opens what lasts, builds what a config says, and joins the two by functions. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { CommandLineOptions, GivenSecrets } from './config/command-line.ts';
import { openConfigStore } from './config/config-store.ts';
import { defaultDataFolder, openDataFolder } from './config/data-folder.ts';
import type { GatewayStatus } from './contract/status.ts';
import { createEventBus } from './control/event-bus.ts';
import { createCallHandlers } from './call-handlers.ts';
import { BudgetBook } from './budget-book.ts';
import { createAlerts, type RunningAlerts } from './create-alerts.ts';
import { manageModelsOf } from './manage-models.ts';
import { RunningLocalEngine } from './running-local-engine.ts';
import { Engine } from './engine.ts';
import { type Log, reportFailureTo } from './log.ts';
import { findDataKey, type OfferedKey } from './secrets/data-key.ts';
import { openClientBook } from './secrets/client-book.ts';
import { defaultKeyFolder, keyFolderWarning } from './secrets/key-folder.ts';
import { openVault, type Vault } from './secrets/vault.ts';
import { createTokenCounter } from './token-counter.ts';
import { LearnedTokens } from './token-knowledge.ts';
import { PortTakenError } from './server/listener.ts';
import { openStorage, type Storage } from './storage/open-storage.ts';
import { type Retention, startRetention } from './retention.ts';
import { refusedByPolicy } from './validate-policy.ts';

export interface GatewayOptions {
  readonly options: CommandLineOptions;
  readonly secrets: GivenSecrets;
  /** The data key of the program that started this one; null when there is none. */
  readonly offeredKey: OfferedKey | null;
  readonly log: Log;
  readonly programVersion: string;
}

export interface Gateway {
  readonly dataDir: string;
  readonly control: { readonly url: string; readonly token: string };
  /** How many client keys were ever made. */
  readonly clientCount: number;
  status(): GatewayStatus;
  createClient(name: string): Promise<{ readonly id: string; readonly key: string }>;
  /** Ends a drain that `close` waits for. */
  hurry(): void;
  /** Stops listening, lets running requests end, writes everything, frees the data folder. */
  close(): Promise<void>;
}

const place = { platform: process.platform, environment: process.env, homeFolder: homedir() };

/** Where the build puts the interface: beside the built gateway. From the sources that is under `dist`. */
function builtInterface(): string | null {
  const fromHere = import.meta.filename.endsWith('.ts') ? '../dist/renderer' : '../renderer';
  const folder = join(import.meta.dirname, fromHere);
  return existsSync(join(folder, 'index.html')) ? folder : null;
}

/**
 * Opens the data folder, both listeners and everything between.
 * @throws DataFolderInUseError, PortTakenError, ControlPortTakenError, ConfigFileError, DataKeyError and storage's own errors;
 * whatever was opened is closed again
 */
export async function openGateway(input: GatewayOptions): Promise<Gateway> {
  const folder = await openDataFolder(input.options.dataFolder ?? defaultDataFolder(place));
  if (folder.warning) input.log('warning', folder.warning);
  const storage = openStorage({ dataDir: folder.path, now: Date.now });
  try {
    return await openOver(storage, folder.path, input);
  } catch (error) {
    await storage.close();
    throw error;
  }
}

async function openOver(storage: Storage, dataDir: string, input: GatewayOptions): Promise<Gateway> {
  const { options, log } = input;
  tellInterrupted(storage, log);
  const vault = await openVaultOver(storage, dataDir, input);
  const events = createEventBus({ capacity: 1_000 });
  const clients = openClientBook(storage.clients, Date.now);
  const config = await openConfigStore({
    file: options.configFile ?? `${dataDir}/config.json`,
    mustExist: options.configFile !== null,
    overrides: options.overrides,
    findProblems: refusedByPolicy,
    saveVersion: (version) => storage.configVersions.save(version),
    latestVersion: () => storage.configVersions.latest(),
    now: Date.now,
    onChange: ({ version }) => {
      events.publish({ type: 'config-changed', version });
      local?.settingsChanged();
    },
    onProblem: (problem) => {
      if (problem) log('warning', problem.message);
      engine?.announceStatus();
    },
  });
  let [engine, local]: [Engine | null, RunningLocalEngine | null] = [null, null];
  tellOutages(storage, dataDir, log, () => engine?.announceStatus());
  const alerts = createAlerts({
    store: storage.alerts,
    vault,
    settings: () => config.current().effective.alerts,
    spendByHour: storage.alerts.spendByHour,
    events,
    log,
    onProblems: () => engine?.announceStatus(),
  });
  const budgets = new BudgetBook({
    budgets: () => config.current().effective.budgets,
    clients: () => clients.list(),
    termsOf: clients.termsOf,
    standing: (meter) => storage.ledger.standing(meter),
    now: Date.now,
    alerts: alerts.alerts,
    onMoved: () => events.publishIfHeard(() => ({ type: 'budgets-changed' })),
    onChanged: () => storage.ledger.budgetsChanged(),
    reportFailure: (error) => reportFailureTo(log)('', error),
  });
  const tokens = new LearnedTokens(createTokenCounter(), storage.tokenRatios);
  const parts = { storage, vault, clients, config, events, budgets, tokens, dataDir };
  engine = new Engine({
    ...parts,
    log,
    webhookProblems: () => [...alerts.problems(), ...(local?.problems() ?? [])],
    localAddress: () => local?.engine.baseUrl ?? null,
    manageModels: manageModelsOf(() => local),
    programVersion: input.programVersion,
  });
  local = joinLocalEngine({ ...parts, engine }, log);
  const retention = keepLog(storage, config, engine, log);
  return openListeners({ ...parts, engine, local, alerts, retention, input });
}

function joinLocalEngine(
  { engine, ...parts }: Pick<Parts, 'dataDir' | 'config' | 'events' | 'engine'>,
  log: Log,
): RunningLocalEngine {
  const { config } = parts;
  return new RunningLocalEngine({
    ...parts,
    log,
    send: engine.send,
    onMoved: () =>
      void config
        .reactivate(engine.activate)
        .catch((error: unknown) => log('warning', 'The local engine could not be taken into use.', { error: String(error) })),
    onModels: (providerId) => void engine.directory.refresh(providerId),
    onProblems: () => engine.announceStatus(),
  });
}

function tellInterrupted({ interruptedCount: count }: Storage, log: Log): void {
  if (count > 0) log('warning', 'Requests that the last run left unfinished are marked interrupted.', { count });
}

function keepLog(storage: Storage, config: Parts['config'], engine: Engine, log: Log): Retention {
  return startRetention({
    keepDays: () => config.current().effective.log.keepDays ?? null,
    forget: storage.forgetRequests,
    isBusy: () => engine.live.size > 0,
    now: Date.now,
    log,
  });
}

function tellOutages(storage: Storage, dataDir: string, log: Log, onChange: () => void): void {
  storage.followOutages((outage) => {
    if (outage) log('error', outage.message, { dataDir });
    else log('info', 'The request log can be written again; how requests ended meanwhile is in it.', { dataDir });
    onChange();
  });
}

interface Parts {
  readonly storage: Storage;
  readonly vault: Vault;
  readonly clients: ReturnType<typeof openClientBook>;
  readonly config: Awaited<ReturnType<typeof openConfigStore>>;
  readonly events: ReturnType<typeof createEventBus>;
  readonly engine: Engine;
  readonly alerts: RunningAlerts;
  readonly local: RunningLocalEngine;
  readonly budgets: BudgetBook;
  readonly tokens: LearnedTokens;
  readonly retention: Retention;
  readonly dataDir: string;
  readonly input: GatewayOptions;
}

/** What the last process spent and had no time to tell is told when windows have come back. */
const lookBackMs = 2_000;

async function openListeners(parts: Parts): Promise<Gateway> {
  const { storage, clients, config, events, engine, local, alerts, budgets, tokens, retention, dataDir, input } = parts;
  const { options, secrets, log } = input;
  const token = secrets.controlToken ?? randomBytes(32).toString('base64url');
  const controlModule = import('./control/open-control-listener.ts');
  try {
    await startEngine(engine, input);
    const control = await (await controlModule).openControlListener({
      host: options.controlHost,
      port: options.controlPort,
      token,
      handlers: createCallHandlers(parts),
      events,
      uiDirectory: builtInterface(),
      reportFailure: ({ call, requestId, error }) =>
        log('error', `The call ${call} failed.`, { requestId, error: String(error) }),
    });
    config.followFile(engine.activate);
    const lookBack = setTimeout(() => budgets.lookBack(), lookBackMs);
    return {
      dataDir,
      control: { url: control.url, token },
      get clientCount() {
        return clients.size;
      },
      status: () => engine.status(),
      createClient: (name) => clients.create(name),
      hurry: () => engine.listener.hurry(),
      async close() {
        clearTimeout(lookBack);
        await config.close();
        // Requests that run may still be asking it.
        await engine.drain();
        await local.close();
        await engine.close();
        budgets.close();
        await Promise.all([alerts.close(), tokens.close(), retention.close()]);
        await control.close();
        await storage.close();
      },
    };
  } catch (error) {
    await config.close();
    await local.close();
    await engine.close();
    await Promise.all([alerts.close(), tokens.close(), retention.close()]);
    throw error;
  }
}

/** Behind a window a taken port is a state that is shown and mended there; without one it ends the start. */
async function startEngine(engine: Engine, { options, log }: GatewayOptions): Promise<void> {
  await engine.start().catch((error: unknown) => {
    if (!options.handover || !(error instanceof PortTakenError)) throw error;
    log('warning', error.message);
  });
}

async function openVaultOver(storage: Storage, dataDir: string, input: GatewayOptions): Promise<Vault> {
  const { secrets, offeredKey, log } = input;
  const keyFolder = defaultKeyFolder(place);
  const key = await findDataKey({
    given: secrets.dataKey,
    offered: offeredKey,
    vaultKey: storage.vaultKey.get(),
    holdsSecrets: storage.secrets.list().length > 0,
    keyFolder,
  });
  const warning = key.keptIn.startsWith('key file ') ? keyFolderWarning(keyFolder, dataDir) : null;
  if (warning) log('warning', warning);
  log('info', `Provider keys are encrypted with a key kept in ${key.keptIn}.`);
  return openVault({
    key,
    now: Date.now,
    store: { secrets: storage.secrets, vaultKey: storage.vaultKey },
  });
}
