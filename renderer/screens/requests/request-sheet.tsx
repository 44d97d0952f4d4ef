/** The sheet beside the list: all that is known of one request. The list stays usable next to it. */
import * as RadixDialog from '@radix-ui/react-dialog';
import { X } from 'lucide-react';
import type { RequestDetail } from '../../../gateway/contract/records.ts';
import { IconButton } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { dialectName } from '../../components/dialect-words.ts';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatElapsed,
  formatMoment,
  formatTokens,
  tokensPerSecond,
  unknown,
} from '../../components/formats.ts';
import { ErrorNotice, SkeletonRows } from '../../components/notice.tsx';
import { RequestStateBadge } from '../../components/state-badge.tsx';
import { useNow } from '../../components/use-now.ts';
import { useRequestDetail } from '../../stores/request-detail.ts';
import { AttemptTimeline } from './attempt-timeline.tsx';
import { attemptsTitle } from './attempt-words.ts';
import { CostPart } from './cost-part.tsx';
import { DecisionPart } from './decision-part.tsx';
import { type Fact, Facts, SheetPart } from './facts.tsx';
import { FidelityPart } from './fidelity-part.tsx';
import { FilterLinks } from './filter-links.tsx';
import { ShadowPart } from './shadow-part.tsx';

interface RequestSheetProps {
  readonly id: string;
  readonly onClose: () => void;
}

export function RequestSheet({ id, onClose }: RequestSheetProps) {
  const { detail, error, retry } = useRequestDetail(id);
  return (
    <RadixDialog.Root open modal={false} onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      <RadixDialog.Content
        onInteractOutside={(event) => event.preventDefault()}
        onCloseAutoFocus={(event) => {
          event.preventDefault();
          focusRow(id);
        }}
        aria-describedby={undefined}
        className="absolute inset-y-0 right-0 z-20 flex w-[min(440px,100%)] flex-col border-line border-l bg-raised shadow-lift"
      >
        <div className="flex items-center gap-2 border-line border-b py-3 pr-3 pl-4">
          <div className="min-w-0 flex-1">
            <RadixDialog.Title className="truncate font-semibold text-base">
              {detail?.requestedModel ?? 'Request'}
            </RadixDialog.Title>
            <div className="flex items-center gap-1 text-soft">
              <span className="truncate font-mono text-xs">{id}</span>
              <CopyButton small text={id} what="request id" />
            </div>
          </div>
          <IconButton label="Close" icon={<X aria-hidden className="size-4" />} onClick={onClose} />
        </div>
        <div tabIndex={0} role="region" aria-label="All about this request" className="min-h-0 flex-1 overflow-y-auto p-4">
          <SheetBody detail={detail} error={error} onRetry={retry} />
        </div>
      </RadixDialog.Content>
    </RadixDialog.Root>
  );
}

/** Where a person was before the sheet opened, or the next best place. */
function focusRow(id: string): void {
  const row = document.querySelector<HTMLElement>(`[data-request="${CSS.escape(id)}"] a`);
  (row ?? document.querySelector<HTMLElement>('main [data-search]'))?.focus();
}

interface SheetBodyProps {
  readonly detail: RequestDetail | null;
  readonly error: string | null;
  readonly onRetry: () => void;
}

function SheetBody({ detail, error, onRetry }: SheetBodyProps) {
  if (!detail) {
    return error ? (
      <ErrorNotice title="This request could not be read" message={error} onRetry={onRetry} />
    ) : (
      <SkeletonRows rows={8} />
    );
  }
  return (
    <div className="grid gap-6">
      <Overview detail={detail} />
      {detail.errorMessage === null ? null : <ErrorPart detail={detail} />}
      <CostPart detail={detail} />
      <SheetPart title={attemptsTitle(detail.attemptList)}>
        <AttemptTimeline detail={detail} />
      </SheetPart>
      <ShadowPart detail={detail} />
      <DecisionPart detail={detail} />
      <FidelityPart detail={detail} />
      <SheetPart title="Tokens">
        <Facts facts={tokenFacts(detail)} />
      </SheetPart>
      <RawUsage json={detail.rawUsageJson} />
      <FilterLinks detail={detail} />
    </div>
  );
}

function Overview({ detail }: { readonly detail: RequestDetail }) {
  const isRunning = detail.state === 'started';
  const now = useNow(isRunning);
  const { provider, model, firstTokenMs, durationMs, usage } = detail;
  const speed = tokensPerSecond(usage, durationMs, firstTokenMs);
  const facts: Fact[] = [
    ['Began', formatMoment(detail.startedAtMs)],
    [detail.state === 'rejected' ? 'Meant for' : 'Answered by', provider === null ? unknown : `${provider}/${model ?? ''}`],
    ['Rule', detail.rule ?? 'none: by the name it asks for'],
    ['Program', detail.clientName ?? unknown],
    ['Asked as', `${dialectName(detail.dialect)}${detail.stream ? ', streamed' : ''}`],
    ['Status', detail.status === null ? unknown : String(detail.status)],
    ['Duration', isRunning ? formatElapsed(now - detail.startedAtMs) : formatDuration(durationMs)],
    ['First token', formatDuration(firstTokenMs)],
    ['Speed', speed === null ? unknown : `${speed.toFixed(1)} tokens/s`],
    ['Size', `${formatBytes(detail.requestBytes)} in, ${formatBytes(detail.responseBytes)} out`],
    ['Config', `version ${formatCount(detail.configVersion)}`],
  ];
  return (
    <div className="grid gap-3">
      <RequestStateBadge state={detail.state} />
      <Facts facts={facts} />
    </div>
  );
}

function ErrorPart({ detail }: { readonly detail: RequestDetail }) {
  return (
    <SheetPart title="What went wrong">
      <p className="whitespace-pre-wrap rounded-md bg-bad-ground p-2 text-bad wrap-anywhere">{detail.errorMessage}</p>
      {detail.errorKind === null ? null : <p className="text-soft wrap-anywhere">Kind: {detail.errorKind}</p>}
    </SheetPart>
  );
}

function tokenFacts({ usage }: RequestDetail): readonly Fact[] {
  const { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens, estimated } = usage;
  const facts: Fact[] = [
    ['Input', formatTokens(inputTokens, estimated)],
    ['of it cached', formatTokens(cachedInputTokens, estimated)],
    ['written to cache', formatTokens(cacheWriteTokens, estimated)],
    ['Output', formatTokens(outputTokens, estimated)],
    ['of it reasoning', formatTokens(reasoningTokens, estimated)],
  ];
  if (estimated) facts.push(['Counted by', 'Gatehouse: the provider did not say']);
  return facts;
}

function RawUsage({ json }: { readonly json: string | null }) {
  if (json === null) return null;
  return (
    <SheetPart title="Usage as the provider sent it">
      <pre className="whitespace-pre-wrap rounded-md border border-line bg-sunken p-2 font-mono text-xs wrap-anywhere">
        {pretty(json)}
      </pre>
    </SheetPart>
  );
}

function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
