/** The one switch: is the gateway on, and what is its true state? */
import { RotateCw } from 'lucide-react';
import { Button } from '../../components/button.tsx';
import { gatewayWords } from '../../components/gateway-words.ts';
import { ErrorLine } from '../../components/notice.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { Toggle } from '../../components/toggle.tsx';
import { useTask } from '../../components/use-task.ts';
import { switchGateway, useGateway } from '../../stores/gateway.ts';
import { useInFlight } from '../../stores/requests.ts';

export function GatewaySwitch() {
  const connection = useGateway((state) => state.connection);
  const status = useGateway((state) => state.status);
  const inFlight = useInFlight(({ ids }) => ids.size);
  const task = useTask();
  const { tone, word, detail } = gatewayWords(connection, status);
  const isOn = connection.state === 'open' && (status?.state === 'running' || status?.state === 'starting');
  const canSwitch = connection.state === 'open' && status !== null && !task.busy && status.state !== 'stopping';
  const switchTo = (on: boolean) => void task.run(() => switchGateway(on));
  const alreadyTold = status?.problems.some(({ message }) => message === task.failure?.message) ?? false;
  return (
    <section aria-label="Gateway" className="grid gap-2">
      <div className="flex min-h-12 items-center gap-4 rounded-md border border-line bg-raised px-4 py-2">
        <Toggle label="Gateway" checked={isOn} disabled={!canSwitch} onChange={switchTo} />
        <div role="status" className="min-w-0 flex-1">
          <StateBadge tone={tone} word={word} className="text-base" />
          <p className="text-soft wrap-anywhere">{detail}</p>
        </div>
        <p className="shrink-0 text-soft">{inFlight === 0 ? 'No request in flight' : `${inFlight} in flight`}</p>
        {status?.state === 'failed' ? (
          <Button icon={<RotateCw aria-hidden className="size-4" />} disabled={!canSwitch} onClick={() => switchTo(true)}>
            Try again
          </Button>
        ) : null}
      </div>
      <ErrorLine message={alreadyTold ? null : (task.failure?.message ?? null)} />
    </section>
  );
}
