/** Joins the event stream to the stores. */
import type { GatewayEvent } from '../../gateway/contract/events.ts';
import { control } from '../control.ts';
import { readConfig, readEverything, readSecrets, useGateway } from './gateway.ts';
import { readTargets, targetsChanged } from './targets.ts';
import { reloadRequests, reportRequest } from './requests.ts';

/** Follows the gateway until the returned function is called. */
export function followGateway(): () => void {
  return control.follow({
    onConnection: (connection) => useGateway.setState({ connection }),
    onFresh: () => {
      void readEverything();
      void reloadRequests();
      void readTargets();
    },
    onEvent: takeEvent,
  });
}

function takeEvent(event: GatewayEvent): void {
  switch (event.type) {
    case 'status-changed':
      return useGateway.setState({ status: event.status });
    case 'request-started':
    case 'request-finished':
      return reportRequest(event.request);
    case 'config-changed':
      void readConfig();
      void readSecrets();
      return;
    case 'targets-changed':
      return targetsChanged();
    case 'resync':
      return;
  }
}
