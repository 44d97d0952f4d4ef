/** An alert as it goes to a webhook, by the Standard Webhooks specification (github.com/standard-webhooks, version 1). Pure. */
import { createHash, createHmac } from 'node:crypto';
import type { Alert, alertKinds } from '../contract/money/alert.ts';

const types: Readonly<Record<(typeof alertKinds)[number], string>> = {
  'budget-threshold': 'budget.threshold',
  'budget-spent': 'budget.spent',
  'budget-refused': 'budget.refused',
  'over-bound': 'budget.over_bound',
  'unusual-spend': 'spend.unusual',
  test: 'test',
};

/** The same bytes at every try: what the alert says, nothing of any prompt and of no key. */
export function webhookBody({ id, kind, atMs, message, budget, share }: Alert): Buffer {
  const data = { id, kind, message, budget, share };
  return Buffer.from(JSON.stringify({ type: types[kind], timestamp: new Date(atMs).toISOString(), data }));
}

/** The same at every try, so that a receiver can drop what it has; without the full stops that an alert's own id may hold. */
export function webhookId(alertId: string): string {
  return `msg_${createHash('sha256').update(alertId).digest('base64url').slice(0, 32)}`;
}

export interface SignedParts {
  readonly id: string;
  /** Seconds since 1970, of this try. */
  readonly timestamp: number;
  readonly body: Buffer;
}

const prefix = 'whsec_';
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * `v1,<base64>`: HMAC-SHA256 of `id.timestamp.body`.
 * @param secret `whsec_` and the key in base64; without that prefix its own bytes are the key
 * @returns null for a secret that has the prefix and is not base64, or holds nothing
 */
export function signWebhook(secret: string, { id, timestamp, body }: SignedParts): string | null {
  const encoded = secret.startsWith(prefix) ? secret.slice(prefix.length) : null;
  if (encoded !== null && !base64.test(encoded)) return null;
  const key = encoded === null ? Buffer.from(secret) : Buffer.from(encoded, 'base64');
  if (key.length === 0) return null;
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
}
