/** The addresses that are told of alerts. */
import type { Webhook, WebhookTest } from '../../gateway/contract/money/alert.ts';
import { control } from '../control.ts';
import { applyEdit } from './apply-edit.ts';
import { putAlertSetting } from './edit-money.ts';
import { useGateway } from './gateway.ts';
import { forgetUnusedSecrets, withKey } from './kept-secrets.ts';

const webhooksNow = (): readonly Webhook[] => useGateway.getState().config?.effective.alerts.webhooks ?? [];

const apply = (webhooks: readonly Webhook[]): Promise<void> =>
  applyEdit((document) => putAlertSetting(document, 'webhooks', webhooks.length === 0 ? undefined : webhooks));

/**
 * @param secret signs what is sent; null for none
 * @throws CallError: the address is refused by its field, and no secret is left behind
 */
export async function addWebhook(url: string, secret: string | null): Promise<void> {
  if (secret === null) return apply([...webhooksNow(), { url }]);
  await withKey('webhook', { kind: 'secret', value: secret }, (reference) =>
    apply([...webhooksNow(), { url, secret: reference }]),
  );
}

/** @throws CallError */
export async function removeWebhook(index: number): Promise<void> {
  const before = webhooksNow();
  const secret = before[index]?.secret;
  await apply(before.toSpliced(index, 1));
  if (secret !== undefined) await forgetUnusedSecrets([secret]);
}

/** Sends it a test. @throws CallError: there is no answer at all, or nothing may be sent there */
export async function testWebhook(webhook: Webhook): Promise<WebhookTest> {
  const [told] = (await control.call('alerts.test', { webhook })).webhooks;
  return told ?? { url: webhook.url, delivered: false, message: 'Nothing was sent.', durationMs: 0 };
}
