/** The shell's own line to the control listener: the few calls that the tray makes, and the gateway's status as it changes. */
import { type ClientRequest, request as openRequest } from 'node:http';
import type { z } from 'zod';
import { gatewayEventSchema } from '../gateway/contract/events.ts';
import { type GatewayStatus, statusSchema } from '../gateway/contract/status.ts';
import type { ControlEndpoint } from './forward-control.ts';

type StatusCall = 'status.get' | 'gateway.start' | 'gateway.stop';

/** Asks one of the calls that answer with the status. @throws Error with the gateway's sentence */
export async function askStatus(endpoint: ControlEndpoint, name: StatusCall): Promise<GatewayStatus> {
  const response = await fetch(`http://127.0.0.1:${endpoint.port}/control/calls/${name}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${endpoint.token}`, 'content-type': 'application/json' },
    body: '{}',
  });
  const answer: { ok: boolean; value?: unknown; error?: { message?: string } } = JSON.parse(await response.text());
  if (!answer.ok) throw new Error(answer.error?.message ?? 'The gateway could not do this.');
  return statusSchema.parse(answer.value);
}

export interface StatusWatch {
  close(): void;
}

const retryMs = 1_000;
/** Requests that begin and end change the count in flight; it is asked for at most this often. */
const refreshMs = 500;

/** Follows the status of one gateway process until it is closed. `onStatus` is called with every change. */
export function watchStatus(endpoint: ControlEndpoint, onStatus: (status: GatewayStatus) => void): StatusWatch {
  let closed = false;
  let stream: ClientRequest | null = null;
  let refresh: NodeJS.Timeout | null = null;
  let retry: NodeJS.Timeout | undefined;
  const tell = (status: GatewayStatus) => {
    if (!closed) onStatus(status);
  };
  const askAnew = () => void askStatus(endpoint, 'status.get').then(tell, () => undefined);
  const hear = (event: z.infer<typeof gatewayEventSchema>): void => {
    if (event.type === 'status-changed') return tell(event.status);
    refresh ??= setTimeout(() => {
      refresh = null;
      askAnew();
    }, refreshMs);
  };
  const open = (): void => {
    stream = openEvents(endpoint, { onOpen: askAnew, onEvent: hear, onEnd: () => (retry = setTimeout(open, retryMs)) });
  };
  open();
  return {
    close() {
      closed = true;
      stream?.removeAllListeners('close');
      stream?.destroy();
      clearTimeout(retry);
      if (refresh) clearTimeout(refresh);
    },
  };
}

interface EventListeners {
  onOpen(): void;
  onEvent(event: z.infer<typeof gatewayEventSchema>): void;
  onEnd(): void;
}

function openEvents(endpoint: ControlEndpoint, { onOpen, onEvent, onEnd }: EventListeners): ClientRequest {
  const headers = { authorization: `Bearer ${endpoint.token}` };
  const request = openRequest({ host: '127.0.0.1', port: endpoint.port, path: '/control/events', headers, agent: false });
  let rest = '';
  request.on('error', () => undefined);
  request.once('close', onEnd);
  request.once('response', (response) => {
    onOpen();
    response.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const event = line.startsWith('data: ') ? gatewayEventSchema.safeParse(JSON.parse(line.slice(6))) : null;
        if (event?.success) onEvent(event.data);
      }
    });
    response.on('error', () => undefined);
  });
  request.end();
  return request;
}
