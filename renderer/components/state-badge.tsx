/** A state as icon, word and colour: never colour alone. */
import {
  Ban,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CirclePause,
  CircleX,
  LoaderCircle,
  type LucideIcon,
  TriangleAlert,
  Unplug,
} from 'lucide-react';
import type { RequestState } from '../../gateway/contract/records.ts';
import { classNames } from './class-names.ts';

export type Tone = 'good' | 'live' | 'warn' | 'bad' | 'idle';

const colours: Readonly<Record<Tone, string>> = {
  good: 'text-good',
  live: 'text-accent',
  warn: 'text-warn',
  bad: 'text-bad',
  idle: 'text-soft',
};

const icons: Readonly<Record<Tone, LucideIcon>> = {
  good: CircleCheck,
  live: LoaderCircle,
  warn: TriangleAlert,
  bad: CircleX,
  idle: CirclePause,
};

interface StateBadgeProps {
  readonly tone: Tone;
  readonly word: string;
  readonly icon?: LucideIcon | undefined;
  readonly className?: string;
}

export function StateBadge({ tone, word, icon, className }: StateBadgeProps) {
  const Icon = icon ?? icons[tone];
  return (
    <span className={classNames('inline-flex min-w-0 items-center gap-1.5 font-medium', colours[tone], className)}>
      <Icon aria-hidden className={classNames('size-4 shrink-0', tone === 'live' && 'animate-spin [animation-duration:2s]')} />
      <span className="truncate">{word}</span>
    </span>
  );
}

export const requestStates: Readonly<Record<RequestState, StateBadgeProps>> = {
  started: { tone: 'live', word: 'Running' },
  ok: { tone: 'good', word: 'OK' },
  upstream_error: { tone: 'bad', word: 'Provider failed' },
  gateway_error: { tone: 'bad', word: 'Gateway failed', icon: CircleAlert },
  client_closed: { tone: 'warn', word: 'Client left', icon: Unplug },
  rejected: { tone: 'warn', word: 'Refused', icon: Ban },
  interrupted: { tone: 'warn', word: 'Interrupted', icon: CircleDashed },
};

export function RequestStateBadge({ state }: { readonly state: RequestState }) {
  return <StateBadge {...requestStates[state]} />;
}
