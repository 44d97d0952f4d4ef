/** The gateway's true state in words, the same in the status bar, on Home and in the palette. */
import type { GatewayStatus } from '../../gateway/contract/status.ts';
import type { Connection } from '../control.ts';
import type { Tone } from './state-badge.tsx';

export interface GatewayWords {
  readonly tone: Tone;
  readonly word: string;
  /** One sentence more. */
  readonly detail: string;
}

export function gatewayWords(connection: Connection, status: GatewayStatus | null): GatewayWords {
  if (connection.state === 'refused') {
    return { tone: 'bad', word: 'No access', detail: 'The gateway does not accept this window’s token.' };
  }
  if (connection.state === 'lost') return { tone: 'bad', word: 'Not reachable', detail: connection.reason };
  if (!status) return { tone: 'live', word: 'Connecting', detail: 'Asking the gateway how it is.' };
  switch (status.state) {
    case 'running':
      return runningWords(status);
    case 'starting':
      return { tone: 'live', word: 'Starting', detail: `Opening port ${status.port}.` };
    case 'stopping':
      return { tone: 'live', word: 'Stopping', detail: 'Running requests may end first; new ones are turned away.' };
    case 'stopped':
      return { tone: 'idle', word: 'Stopped', detail: 'Programs get no answer until it is switched on.' };
    case 'failed':
      return { tone: 'bad', word: 'Could not start', detail: `Port ${status.port} could not be opened.` };
  }
}

function runningWords({ problems, port, boundHosts }: GatewayStatus): GatewayWords {
  const detail = `Listening on port ${port} of ${boundHosts.join(' and ')}.`;
  if (problems.length === 0) return { tone: 'good', word: 'Running', detail };
  return { tone: 'warn', word: 'Running, needs attention', detail };
}
