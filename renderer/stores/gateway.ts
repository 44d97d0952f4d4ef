/** What the gateway said of itself: its state, its config, its secrets' names, its clients, and how we are connected. */
import { create } from 'zustand';
import type { CallArgument, CallOutput } from '../../gateway/contract/calls.ts';
import type { ClientItem } from '../../gateway/contract/records.ts';
import type { GatewayStatus } from '../../gateway/contract/status.ts';
import { type Connection, control } from '../control.ts';
import { messageOf } from './message-of.ts';

export type ConfigAnswer = CallOutput<'config.get'>;
export type SecretsAnswer = CallOutput<'secrets.list'>;

interface GatewayStore {
  readonly connection: Connection;
  /** Null until it was read for the first time. */
  readonly status: GatewayStatus | null;
  readonly config: ConfigAnswer | null;
  readonly secrets: SecretsAnswer | null;
  readonly clients: readonly ClientItem[] | null;
  /** Why something above could not be read. */
  readonly error: string | null;
}

export const useGateway = create<GatewayStore>(() => ({
  connection: { state: 'connecting' },
  status: null,
  config: null,
  secrets: null,
  clients: null,
  error: null,
}));

/** Why each thing could not be read, as long as it could not. */
const failures = new Map<string, string>();

let asked = 0;
/** The newest question about each thing that was answered. */
const answered = new Map<string, number>();

/** Keeps what is shown and tells why it could not be read anew. An answer that comes after that to a later question is too old. */
async function reading(what: string, read: () => Promise<Partial<GatewayStore>>): Promise<void> {
  asked += 1;
  const mine = asked;
  const answer = await read().catch((error: unknown) => messageOf(error));
  if (mine < (answered.get(what) ?? 0)) return;
  answered.set(what, mine);
  if (typeof answer === 'string') failures.set(what, answer);
  else failures.delete(what);
  useGateway.setState({ ...(typeof answer === 'string' ? {} : answer), error: firstFailure() });
}

const firstFailure = (): string | null => failures.values().next().value ?? null;

export const readStatus = (): Promise<void> => reading('status', async () => ({ status: await control.call('status.get', {}) }));
export const readConfig = (): Promise<void> => reading('config', async () => ({ config: await control.call('config.get', {}) }));
export const readSecrets = (): Promise<void> =>
  reading('secrets', async () => ({ secrets: await control.call('secrets.list', {}) }));
export const readClients = (): Promise<void> =>
  reading('clients', async () => ({ clients: (await control.call('clients.list', {})).items }));

export async function readEverything(): Promise<void> {
  await Promise.all([readStatus(), readConfig(), readSecrets(), readClients()]);
}

/** @throws CallError: the port is taken by another program, named in the message */
export async function switchGateway(on: boolean): Promise<void> {
  try {
    useGateway.setState({ status: await control.call(on ? 'gateway.start' : 'gateway.stop', {}) });
  } catch (error) {
    await readStatus();
    throw error;
  }
}

/** @returns the key, which nobody can read again */
export async function createClientKey(settings: CallArgument<'clients.create'>): Promise<string> {
  const { key } = await control.call('clients.create', settings);
  await readClients();
  return key;
}

/** What of a key's terms may be changed: all but the key. */
export type ClientChanges = Omit<CallArgument<'clients.update'>, 'id'>;

/** @throws CallError: the key is not in force any more, or a term is refused by its field */
export async function updateClient(id: string, changes: ClientChanges): Promise<void> {
  try {
    await control.call('clients.update', { id, ...changes });
  } finally {
    await readClients();
  }
}

/** @returns the new key, which nobody can read again, and until when the older ones open the door */
export async function rotateClientKey(id: string, overlapMinutes: number): Promise<CallOutput<'clients.rotate'>> {
  const answer = await control.call('clients.rotate', { id, overlapMinutes });
  await readClients();
  return answer;
}

export async function revokeClientKey(id: string): Promise<void> {
  await control.call('clients.revoke', { id });
  await readClients();
}
