/** Always in view: the gateway's true state, its port, what runs, what today costs, and whether something needs attention. */
import { BellRing, CircleCheck, TriangleAlert } from 'lucide-react';
import { Button } from '../components/button.tsx';
import { formatCount, formatUsd } from '../components/formats.ts';
import { gatewayWords } from '../components/gateway-words.ts';
import { copiesWords, unpricedWords } from '../components/money-words.ts';
import { Link } from '../components/link.tsx';
import { StateBadge } from '../components/state-badge.tsx';
import { control } from '../control.ts';
import { useGateway } from '../stores/gateway.ts';
import { useMoney, useUnseenAlerts } from '../stores/money.ts';
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
          <Spent />
          <Problems />
          <Alerts />
        </>
      ) : null}
      <span className="ml-auto shrink-0 text-soft">{status ? `Gatehouse ${status.programVersion}` : ''}</span>
    </footer>
  );
}

/** Today's spend; where something is estimated or without a price, its title says so. */
function Spent() {
  const figures = useMoney((state) => state.today?.figures ?? null);
  if (figures === null) return null;
  const { costUsd, estimatedUsd, inputTokens, outputTokens } = figures;
  const copies = copiesWords(figures);
  const unpriced = unpricedWords(figures);
  const notes = [`${formatCount(inputTokens + outputTokens)} tokens today`];
  if (estimatedUsd > 0) notes.push(`${formatUsd(estimatedUsd)} of it estimated`);
  if (copies !== '') notes.push(`${copies} of it`);
  if (unpriced !== '') notes.push(`without a price, and not in it: ${unpriced}`);
  return (
    <Link to="/usage" title={notes.join('; ')} className="shrink-0 text-soft hover:text-ink hover:underline">
      {estimatedUsd > 0 ? '~' : ''}
      {formatUsd(costUsd)} today{unpriced === '' ? '' : ' +'}
    </Link>
  );
}

function Alerts() {
  const count = useUnseenAlerts().length;
  if (count === 0) return null;
  return (
    <Link to="/usage?view=alerts" className="inline-flex shrink-0 items-center gap-1 font-medium text-warn hover:underline">
      <BellRing aria-hidden className="size-3.5" /> {count === 1 ? '1 alert' : `${count} alerts`}
    </Link>
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
