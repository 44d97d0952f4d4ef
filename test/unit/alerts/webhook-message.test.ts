/** What webhooks are sent: the specification's own example, and a body that holds nothing but the alert. */
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { signWebhook, webhookBody, webhookId } from '../../../gateway/alerts/webhook-message.ts';
import type { Alert } from '../../../gateway/contract/money/alert.ts';

const alert: Alert = {
  id: 'config:team:day@2026-11-20@0.8',
  kind: 'budget-threshold',
  atMs: Date.UTC(2026, 10, 20, 12),
  message: '80 % of the budget "Team" is used.',
  budget: { id: 'config:team:day', name: 'Team' },
  share: 0.8,
  seenAtMs: null,
};

describe('the signature', () => {
  const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

  test("is the one of the specification's example", () => {
    const body = Buffer.from('{"test": 2432232314}');
    expect(signWebhook(secret, { id, timestamp: 1_614_265_330, body })).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  test.each([
    ['a secret with the prefix', secret, new Webhook(secret)],
    ['plain words as a secret', 'correct horse', new Webhook('correct horse', { format: 'raw' })],
  ])('is accepted by the reference library, by %s', (_title, given, receiver) => {
    const timestamp = Math.floor(Date.now() / 1_000);
    const body = webhookBody({ ...alert, message: 'Café, 8 €' });
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signWebhook(given, { id, timestamp, body }) ?? '',
    };
    expect(receiver.verify(body.toString(), headers)).toEqual(JSON.parse(body.toString()));
    expect(() => receiver.verify(`${body.toString()} `, headers)).toThrow(/signature/i);
  });

  test.each(['whsec_', 'whsec_not base64!', 'whsec_abc', ''])('is none by %j, which is no key', (given) => {
    expect(signWebhook(given, { id, timestamp: 1, body: Buffer.from('{}') })).toBeNull();
  });
});

test('the body says the alert and its moment, and nothing else', () => {
  expect(JSON.parse(webhookBody(alert).toString())).toEqual({
    type: 'budget.threshold',
    timestamp: '2026-11-20T12:00:00.000Z',
    data: {
      id: alert.id,
      kind: 'budget-threshold',
      message: alert.message,
      budget: { id: 'config:team:day', name: 'Team' },
      share: 0.8,
    },
  });
});

test('the id is the same at every try, another for another alert, and holds nothing that a header or the signature could not', () => {
  const ids = ['a@1@0.5', 'a@1@0.8', 'Köln ✓\r\n@1.5@1'].map(webhookId);
  expect(new Set(ids).size).toBe(3);
  for (const one of ids) expect(one).toMatch(/^msg_[\w-]{32}$/);
  expect(webhookId('a@1@0.5')).toBe(ids[0]);
});
