/** Follows what one gateway process tells: its status, what is spent, and its alerts. */
import { type ClientRequest, request as openRequest } from 'node:http';
import { type GatewayEvent, gatewayEventSchema } from '../gateway/contract/events.ts';
import type { Alert } from '../gateway/contract/money/alert.ts';
import type { GatewayStatus } from '../gateway/contract/status.ts';
import { askStatus } from './control-client.ts';
import type { ControlEndpoint } from './forward-control.ts';
import { type MoneyFacts, readMoney } from './money-facts.ts';

export interface GatewayWatch {
  close(): void;
}

/** None is called after the watch was closed. */
export interface GatewayListeners {
  /** With every change. */
  onStatus(status: GatewayStatus): void;
  /** What is spent, and what was told of it: soon after it changed. */
  onMoney(money: MoneyFacts): void;
  /** As it is raised; none that was raised before. */
  onAlert(alert: Alert): void;
}

const retryMs = 1_000;
/** Requests that begin and end change the count in flight and what was spent; each is asked for at most this often. */
const refreshStatusMs = 500;
const refreshMoneyMs = 2_000;
/** A period's end says nothing by itself. */
const newPeriodMs = 5 * 60_000;

/** Follows one gateway process until it is closed. */
export function watchGateway(endpoint: ControlEndpoint, listeners: GatewayListeners): GatewayWatch {
  const { onStatus, onMoney, onAlert } = listeners;
  let closed = false;
  let stream: ClientRequest | null = null;
  let retry: NodeJS.Timeout | undefined;
  const unlessClosed =
    <T>(tell: (value: T) => void) =>
    (value: T) => {
      if (!closed) tell(value);
    };
  const status = refresher(
    refreshStatusMs,
    () => void askStatus(endpoint, 'status.get').then(unlessClosed(onStatus), () => undefined),
  );
  const money = refresher(refreshMoneyMs, () => void readMoney(endpoint).then(unlessClosed(onMoney), () => undefined));
  const newPeriods = setInterval(money.now, newPeriodMs);
  const hear = (event: GatewayEvent): void => {
    if (event.type === 'status-changed') return onStatus(event.status);
    if (event.type === 'alert-raised') onAlert(event.alert);
    if (event.type !== 'request-started' && event.type !== 'targets-changed') money.soon();
    status.soon();
  };
  const open = (): void => {
    const onOpen = (): void => {
      status.now();
      money.now();
    };
    const onEnd = (): void => {
      retry = setTimeout(open, retryMs);
    };
    stream = openEvents(endpoint, { onOpen, onEvent: unlessClosed(hear), onEnd });
  };
  open();
  return {
    close() {
      closed = true;
      stream?.removeAllListeners('close');
      stream?.destroy();
      clearTimeout(retry);
      clearInterval(newPeriods);
      for (const { end } of [status, money]) end();
    },
  };
}

/** Asks at once, or once within so many milliseconds however often it is told to. */
function refresher(everyMs: number, refresh: () => void): { now(): void; soon(): void; end(): void } {
  let timer: NodeJS.Timeout | null = null;
  return {
    now: refresh,
    soon() {
      timer ??= setTimeout(() => {
        timer = null;
        refresh();
      }, everyMs);
    },
    end() {
      if (timer) clearTimeout(timer);
    },
  };
}

interface EventListeners {
  onOpen(): void;
  onEvent(event: GatewayEvent): void;
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
