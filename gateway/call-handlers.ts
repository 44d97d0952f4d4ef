/** Answers the control calls: each is a few lines over the part that owns the fact. */
import { alertCalls } from './alert-calls.ts';
import type { BudgetBook } from './budget-book.ts';
import { budgetCalls } from './budget-calls.ts';
import { priceCalls } from './price-calls.ts';
import { clientCalls } from './client-calls.ts';
import { localEngineCalls } from './local-engine-calls.ts';
import { tokenCalls } from './token-calls.ts';
import type { LearnedTokens } from './token-knowledge.ts';
import { usageCalls } from './usage-calls.ts';
import type { ConfigStore } from './config/config-store.ts';
import { configCalls } from './config-calls.ts';
import { CallError, type CallHandlers } from './contract/calls.ts';
import type { RunningAlerts } from './create-alerts.ts';
import type { RunningLocalEngine } from './running-local-engine.ts';
import { decisionCalls } from './decision-calls.ts';
import { checkProvider } from './discovery/check-provider.ts';
import { type ModelListing, ModelListError } from './discovery/list-models.ts';
import { reviewModels } from './discovery/review-models.ts';
import { builtInModelIds, type Engine } from './engine.ts';
import { isSendableKey } from './providers/provider-headers.ts';
import type { ClientBook } from './secrets/client-book.ts';
import { Secret } from './secrets/secret.ts';
import type { Vault } from './secrets/vault.ts';
import { requestCalls } from './request-calls.ts';
import { PortTakenError } from './server/listener.ts';
import type { Storage } from './storage/open-storage.ts';

export interface CallParts {
  readonly storage: Storage;
  readonly vault: Vault;
  readonly clients: ClientBook;
  readonly config: ConfigStore;
  readonly engine: Engine;
  readonly budgets: BudgetBook;
  readonly tokens: LearnedTokens;
  readonly alerts: RunningAlerts;
  readonly local: RunningLocalEngine;
}

export function createCallHandlers(parts: CallParts): CallHandlers {
  return {
    ...configCalls(parts),
    ...secretCalls(parts),
    ...providerCalls(parts),
    ...decisionCalls(parts),
    ...clientCalls(parts),
    ...requestCalls(parts),
    ...gatewayCalls(parts),
    ...priceCalls(parts),
    ...budgetCalls(parts),
    ...usageCalls(parts),
    ...alertCalls({ alerts: parts.alerts, port: () => parts.engine.listener.facts.port }),
    ...tokenCalls(parts),
    ...localEngineCalls(parts),
  };
}

function secretCalls({ vault, engine }: CallParts) {
  return {
    'secrets.set': async ({ name, value }) => {
      const secret = new Secret(value.trim());
      if (secret.reveal() === '') throw new CallError('invalid', 'The key is empty; paste it again.', 'value');
      if (!isSendableKey(secret.reveal())) {
        throw new CallError(
          'invalid',
          'The key holds a line break or a character that no header can carry; copy it again.',
          'value',
        );
      }
      await vault.set(name, secret);
      engine.keyChanged(`vault:${name}`);
      return { reference: `vault:${name}`, lastFour: secret.lastFour };
    },
    'secrets.list': () => ({ items: [...vault.list()], keptIn: vault.keptIn }),
    'secrets.delete': async ({ name }) => {
      const deleted = await vault.delete(name);
      engine.keyChanged(`vault:${name}`);
      return { deleted };
    },
  } satisfies Partial<CallHandlers>;
}

function providerCalls({ engine }: CallParts) {
  const accessTo = (id: string) => {
    const access = engine.access(id);
    if (!access) throw new CallError('not-found', `There is no provider "${id}" in the config.`, 'id');
    return access;
  };
  return {
    'providers.check': ({ id }) => checkProvider(accessTo(id), builtInModelIds),
    'providers.models': async ({ id, refresh, accept }) => {
      const { review, directory } = engine;
      const onListing = (listing: ModelListing) => directory.learn(id, listing);
      try {
        return await reviewModels({ access: accessTo(id), review, refresh, accept, onListing, builtInModels: builtInModelIds });
      } catch (error) {
        if (error instanceof ModelListError) throw new CallError('unavailable', error.message, 'id');
        throw error;
      }
    },
    'providers.keys': ({ id }) => {
      const { keys } = accessTo(id).provider;
      const standings = engine.keyPool.standings(id, keys);
      return { items: standings.map((standing, place) => ({ ...standing, weight: keys[place]?.weight ?? 1 })) };
    },
  } satisfies Partial<CallHandlers>;
}

function gatewayCalls({ engine }: CallParts) {
  return {
    'status.get': () => engine.status(),
    'gateway.start': async () => {
      try {
        await engine.start();
      } catch (error) {
        if (error instanceof PortTakenError) throw new CallError('unavailable', error.message);
        throw error;
      }
      return engine.status();
    },
    'gateway.stop': async () => {
      await engine.listener.stop();
      return engine.status();
    },
  } satisfies Partial<CallHandlers>;
}
