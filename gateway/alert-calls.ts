/** Answers the calls about alerts. */
import { CallError, type CallHandlers } from './contract/calls.ts';
import { isOwnAddress } from './contract/config.ts';
import type { RunningAlerts } from './create-alerts.ts';
import { WriteFailedError } from './storage/settle.ts';

export interface AlertCallParts {
  readonly alerts: RunningAlerts;
  /** Where the gateway listens; null while it does not. */
  readonly port: () => number | null;
}

export function alertCalls({ alerts, port }: AlertCallParts) {
  return {
    'alerts.list': ({ limit }) => ({ items: alerts.list(limit) }),
    'alerts.see': async ({ ids }) => {
      const seen = await alerts.see(ids).catch((error: unknown) => {
        throw error instanceof WriteFailedError ? new CallError('unavailable', error.message) : error;
      });
      return { seen };
    },
    'alerts.test': async ({ webhook }) => {
      const own = port();
      if (webhook && own !== null && isOwnAddress(webhook.url, own)) {
        throw new CallError('invalid', "This is the gateway's own address; name the program that takes alerts.", 'webhook.url');
      }
      return { webhooks: await alerts.test(webhook) };
    },
  } satisfies Partial<CallHandlers>;
}
