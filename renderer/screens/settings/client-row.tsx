/** One client key: whose it is, how it stands with its budgets, and what can be done with it. */
import type { BudgetStanding } from '../../../gateway/contract/money/budget.ts';
import type { ClientItem } from '../../../gateway/contract/records.ts';
import { BudgetBar } from '../../components/budget-bar.tsx';
import { Button } from '../../components/button.tsx';
import { limitsWords } from '../../components/client-terms/limits-draft.ts';
import { formatAgo, formatMoment } from '../../components/formats.ts';
import { budgetSentence, budgetVerdict } from '../../components/money-words.ts';
import { StateBadge } from '../../components/state-badge.tsx';
import { useMoney } from '../../stores/money.ts';

interface ClientRowProps {
  readonly client: ClientItem;
  readonly onAsk: (what: 'edit' | 'rotate' | 'revoke') => void;
}

export function ClientRow({ client, onAsk }: ClientRowProps) {
  const { name, app, prefix, createdAtMs, lastSeenAtMs, revokedAtMs } = client;
  const now = Date.now();
  const seen = lastSeenAtMs === null ? 'never used' : `last used ${formatAgo(lastSeenAtMs, now)}`;
  const terms = termsWords(client, now);
  return (
    <li className="grid gap-1 px-3 py-2">
      <div className="flex min-h-8 items-center gap-2">
        <div className="min-w-0 flex-1">
          <p className="truncate font-medium">
            {name}
            {app === null ? null : <span className="pl-2 font-normal text-soft">for {app}</span>}
          </p>
          <p className="truncate text-soft text-xs" title={`Made ${formatMoment(createdAtMs)}`}>
            <code className="font-mono">{prefix}…</code> made {formatAgo(createdAtMs, now)}, {seen}
          </p>
        </div>
        {revokedAtMs === null ? (
          <>
            <Ended client={client} now={now} />
            <Button onClick={() => onAsk('edit')} aria-label={`Edit ${name}`}>
              Edit
            </Button>
            <Button onClick={() => onAsk('rotate')} aria-label={`Rotate ${name}`}>
              Rotate
            </Button>
            <Button onClick={() => onAsk('revoke')} aria-label={`Revoke ${name}`}>
              Revoke
            </Button>
          </>
        ) : (
          <StateBadge tone="idle" word={`Revoked ${formatAgo(revokedAtMs, now)}`} />
        )}
      </div>
      {terms === '' || revokedAtMs !== null ? null : <p className="text-soft text-xs wrap-anywhere">{terms}</p>}
      {revokedAtMs === null ? <Budgets clientId={client.id} /> : null}
    </li>
  );
}

function Ended({ client: { expiresAtMs }, now }: { readonly client: ClientItem; readonly now: number }) {
  if (expiresAtMs === null || expiresAtMs > now) return null;
  return <StateBadge tone="warn" word={`Ended ${formatAgo(expiresAtMs, now)}`} />;
}

/** What the key is held to, without what is ordinary. */
function termsWords(client: ClientItem, now: number): string {
  const { tier, limits, allowedModels, expiresAtMs, sensitivity, strict, keys } = client;
  const parts: string[] = [];
  if (tier !== null) parts.push(`tier ${tier}`);
  const limited = limitsWords(limits);
  if (limited !== '') parts.push(limited);
  if (allowedModels !== null)
    parts.push(`only ${allowedModels.slice(0, 3).join(', ')}${allowedModels.length > 3 ? ' and more' : ''}`);
  if (sensitivity !== 'normal') parts.push(sensitivity);
  if (strict) parts.push('strict');
  if (expiresAtMs !== null && expiresAtMs > now) parts.push(`ends ${formatMoment(expiresAtMs).slice(0, -3)}`);
  const older = keys.find(({ endsAtMs }) => endsAtMs !== null && endsAtMs > now);
  if (older?.endsAtMs) parts.push(`its older key ${older.prefix}… works until ${formatMoment(older.endsAtMs).slice(0, -3)}`);
  return parts.join(' · ');
}

function Budgets({ clientId }: { readonly clientId: string }) {
  const all = useMoney((state) => state.budgets);
  const budgets = all?.filter(({ scope, period }) => scope.kind === 'client' && scope.of === clientId && period !== 'call') ?? [];
  if (budgets.length === 0) return null;
  return (
    <ul className="grid gap-1">
      {budgets.map((budget) => (
        <BudgetLine key={budget.id} budget={budget} />
      ))}
    </ul>
  );
}

function BudgetLine({ budget }: { readonly budget: BudgetStanding }) {
  const { tone, word } = budgetVerdict(budget);
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_160px_144px] items-center gap-3 text-xs">
      <span className="truncate">
        {budgetSentence(budget)}
        {budget.unpriced > 0 ? <span className="text-soft"> and {budget.unpriced} without a price</span> : null}
      </span>
      <BudgetBar budget={budget} />
      <StateBadge tone={tone} word={word} />
    </li>
  );
}
