/** Always in view: the gateway's true state, its port, what runs, and whether something needs attention. */
import { CircleCheck, TriangleAlert } from 'lucide-react';
import { Button } from '../components/button.tsx';
import { gatewayWords } from '../components/gateway-words.ts';
import { Link } from '../components/link.tsx';
import { StateBadge } from '../components/state-badge.tsx';
import { control } from '../control.ts';
import { useGateway } from '../stores/gateway.ts';
import { useProblems } from '../stores/problems.ts';
import { useInFlight } from '../stores/requests.ts';

export function StatusBar() {
  const connection = useGateway((state) => state.connection);
  const status = useGateway((state) => state.status);
  const inFlight = useInFlight(({ ids }) => ids.size);
  const { tone, word } = gatewayWords(connection, status);
  const isLost = connection.state === 'lost';
  return (
    <footer className="col-span-2 flex min-w-0 items-center gap-4 border-line border-t bg-raised px-4 text-xs">
      <StateBadge tone={tone} word={word} className="shrink-0" />
      {isLost ? (
        <>
          <span role="alert" className="min-w-0 truncate text-bad">
            {connection.reason}
          </span>
          <Button look="quiet" className="h-6! text-xs" onClick={() => control.reconnect()}>
            Try now
          </Button>
        </>
      ) : null}
      {status && connection.state === 'open' ? (
        <>
          <span className="shrink-0 text-soft">Port {status.port}</span>
          <span className="shrink-0 text-soft">{inFlight} in flight</span>
          <Problems />
        </>
      ) : null}
      <span className="ml-auto shrink-0 text-soft">{status ? `Gatehouse ${status.programVersion}` : ''}</span>
    </footer>
  );
}

function Problems() {
  const count = useProblems().length;
  if (count === 0) {
    return (
      <span className="inline-flex shrink-0 items-center gap-1 text-soft">
        <CircleCheck aria-hidden className="size-3.5" /> No problems
      </span>
    );
  }
  return (
    <Link to="/" className="inline-flex shrink-0 items-center gap-1 font-medium text-warn hover:underline">
      <TriangleAlert aria-hidden className="size-3.5" /> {count === 1 ? '1 problem' : `${count} problems`}
    </Link>
  );
}
