/** The targets of a provider that were asked lately: are they well, and if not, until when and why. Live. */
import { providerKinds } from '../../../gateway/contract/provider-kinds.ts';
import type { ProviderConfig } from '../../../gateway/contract/config.ts';
import type { TargetStanding } from '../../../gateway/contract/calls.ts';
import { Button } from '../../components/button.tsx';
import { SkeletonRows } from '../../components/notice.tsx';
import { Section } from '../../components/section.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { useNow } from '../../components/use-now.ts';
import { readTargets, useTargets } from '../../stores/targets.ts';
import { isTroubled, measuredWords, standingWords } from './target-words.ts';

export function ProviderTargets({ provider }: { readonly provider: ProviderConfig }) {
  const { items, error } = useTargets();
  const own = items?.filter((one) => one.provider === provider.id) ?? [];
  return (
    <Section title="Asked lately">
      {items === null ? (
        error === null ? (
          <SkeletonRows rows={2} />
        ) : (
          <p className="flex items-center gap-2 text-bad">
            <span className="min-w-0 wrap-anywhere">How its targets stand could not be read: {error}</span>
            <Button onClick={() => void readTargets()}>Try again</Button>
          </p>
        )
      ) : own.length === 0 ? (
        <p className="text-soft">
          {providerKinds[provider.kind].builtIn
            ? 'Nothing yet.'
            : 'Nothing yet. A model that fails several times rests for a while; then it is said here, and why.'}
        </p>
      ) : (
        <ul aria-label="Targets asked lately" className="grid divide-y divide-line rounded-md border border-line bg-raised">
          {own.map((standing) => (
            <TargetRow key={`${standing.model} ${standing.key ?? ''}`} standing={standing} showKey={provider.keys.length > 1} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function TargetRow({ standing, showKey }: { readonly standing: TargetStanding; readonly showKey: boolean }) {
  const now = useNow(standing.state.breaker === 'open');
  const measured = measuredWords(standing);
  const key = standing.key?.replace(/^(?:vault|env):/, '') ?? null;
  return (
    <li className="grid gap-0.5 px-3 py-1.5">
      <p className="flex min-w-0 items-center gap-3">
        <span className="min-w-0 flex-1 truncate" title={standing.model}>
          {standing.model}
          {showKey && key !== null ? <span className="pl-2 text-soft">with {key}</span> : null}
        </span>
        <StateBadge {...standingWords(standing, now)} className="shrink-0" />
      </p>
      {standing.reason !== null && isTroubled(standing) ? (
        <p className="text-soft wrap-anywhere">The latest failure: {standing.reason}.</p>
      ) : null}
      {measured === '' ? null : <p className="text-soft text-xs">{measured}</p>}
    </li>
  );
}
