/** Joins the event stream to the stores. */
import type { GatewayEvent } from '../../gateway/contract/events.ts';
import { control } from '../control.ts';
import { readConfig, readEverything, readSecrets, useGateway } from './gateway.ts';
import { engineChanged, localModelsChanged, localRequestEnded, pullsChanged, readLocalEngine } from './local-engine.ts';
import { alertRaised, budgetsChanged, moneySpent, readAlerts, readMoney } from './money.ts';
import { copyEnded } from './request-detail.ts';
import { readTargets, targetsChanged } from './targets.ts';
import { reloadRequests, reportRequest } from './requests.ts';

/** Follows the gateway until the returned function is called. */
export function followGateway(): () => void {
  // A key's terms may bring budgets or take them away.
  useGateway.subscribe(({ clients }, before) => (clients === before.clients ? undefined : budgetsChanged()));
  return control.follow({
    onConnection: (connection) => useGateway.setState({ connection }),
    onFresh: () => {
      void readEverything();
      void reloadRequests();
      void readTargets();
      void readMoney();
      void readLocalEngine();
    },
    onEvent: takeEvent,
  });
}

function takeEvent(event: GatewayEvent): void {
  switch (event.type) {
    case 'status-changed':
      return useGateway.setState({ status: event.status });
    case 'request-started':
      return reportRequest(event.request);
    case 'request-finished':
      moneySpent();
      localRequestEnded(event.request.provider);
      return reportRequest(event.request);
    case 'copy-finished':
      moneySpent();
      return copyEnded(event.id);
    case 'config-changed':
      void readConfig();
      void readSecrets();
      budgetsChanged();
      return;
    case 'targets-changed':
      return targetsChanged();
    case 'budgets-changed':
      return budgetsChanged();
    case 'alert-raised':
      return alertRaised(event.alert);
    case 'alerts-seen':
      void readAlerts();
      return;
    case 'engine-changed':
      return engineChanged(event.state);
    case 'pulls-changed':
      return pullsChanged(event.items);
    case 'local-models-changed':
      return localModelsChanged();
    case 'resync':
      return;
  }
}
