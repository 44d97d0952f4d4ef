/** The few calls that the shell itself makes to the control listener. */
import type { z } from 'zod';
import { type GatewayStatus, statusSchema } from '../gateway/contract/status.ts';
import type { ControlEndpoint } from './forward-control.ts';

type StatusCall = 'status.get' | 'gateway.start' | 'gateway.stop';

/** Makes a call. @throws Error with the gateway's sentence, or when the answer does not fit the schema */
export async function ask<S extends z.ZodType>(
  endpoint: ControlEndpoint,
  call: string,
  input: object,
  output: S,
): Promise<z.output<S>> {
  const response = await fetch(`http://127.0.0.1:${endpoint.port}/control/calls/${call}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${endpoint.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
  const answer: { ok: boolean; value?: unknown; error?: { message?: string } } = JSON.parse(await response.text());
  if (!answer.ok) throw new Error(answer.error?.message ?? 'The gateway could not do this.');
  return output.parse(answer.value);
}

/** Asks one of the calls that answer with the status. @throws Error with the gateway's sentence */
export function askStatus(endpoint: ControlEndpoint, name: StatusCall): Promise<GatewayStatus> {
  return ask(endpoint, name, {}, statusSchema);
}
