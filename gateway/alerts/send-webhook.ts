/** Sends one alert to one webhook, once, and says what became of it. */
import type { Alert, Webhook } from '../contract/money/alert.ts';
import { signWebhook, webhookBody, webhookId } from './webhook-message.ts';

/** How a POST ended: with a status, or with a clause about why there is none. */
export type PostOutcome = { readonly status: number } | { readonly problem: string };

export interface WebhookPorts {
  /** Sends once, within 10 s, and follows no redirect. Never rejects. @param headers name, value, … */
  readonly post: (url: string, headers: readonly string[], body: Buffer) => Promise<PostOutcome>;
  /** What a reference (`vault:…`, `env:…`) stands for, or why there is nothing, in a sentence. */
  readonly resolveSecret: (reference: string) => { readonly value: string } | { readonly problem: string };
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** `down`: no alert could be sent there now. `refused`: this one. `gone`: nor any other try of it. `problem` is a sentence about why. */
export type SendOutcome =
  | { readonly state: 'taken'; readonly status: number }
  | { readonly state: 'down' | 'refused' | 'gone'; readonly problem: string };

export async function sendWebhook(ports: WebhookPorts, { url, secret }: Webhook, alert: Alert): Promise<SendOutcome> {
  const body = webhookBody(alert);
  const id = webhookId(alert.id);
  const timestamp = Math.floor(ports.now() / 1_000);
  const headers = ['content-type', 'application/json', 'user-agent', 'gatehouse', 'webhook-id', id];
  headers.push('webhook-timestamp', String(timestamp));
  if (secret !== undefined) {
    const resolved = ports.resolveSecret(secret);
    // Never unsigned where a signature was asked for.
    if ('problem' in resolved) return { state: 'down', problem: `It cannot be signed: ${resolved.problem}` };
    const signature = signWebhook(resolved.value, { id, timestamp, body });
    if (signature === null)
      return { state: 'down', problem: `It cannot be signed: what follows whsec_ in ${secret} must be base64.` };
    headers.push('webhook-signature', signature);
  }
  return judge(await ports.post(url, headers, body));
}

function judge(outcome: PostOutcome): SendOutcome {
  if ('problem' in outcome) return { state: 'down', problem: `It could not be reached: ${outcome.problem}.` };
  const { status } = outcome;
  if (status >= 200 && status < 300) return { state: 'taken', status };
  const problem = `It answered ${status}${statusWords(status)}.`;
  if (status === 410) return { state: 'gone', problem };
  return { state: status >= 500 || status === 429 ? 'down' : 'refused', problem };
}

function statusWords(status: number): string {
  if (status >= 300 && status < 400) return ', a redirect, which is not followed: set the address that it leads to';
  if (status === 401 || status === 403) return ': it does not accept the signature or the address';
  if (status === 404 || status === 410) return ': there is nothing at this address';
  return status >= 500 ? ': it is in trouble itself' : '';
}
