/** A provider's health in words. Pure. */
import type { ProviderCheck } from '../../../gateway/contract/calls.ts';
import type { ProviderConfig } from '../../../gateway/contract/config.ts';
import type { Tone } from '../../components/state-badge.tsx';
import type { ProviderFacts } from '../../stores/providers.ts';

export interface HealthWords {
  readonly tone: Tone;
  readonly word: string;
}

const outcomes: Readonly<Record<ProviderCheck['outcome'], HealthWords>> = {
  ready: { tone: 'good', word: 'Ready' },
  'no-key': { tone: 'warn', word: 'No key' },
  'key-refused': { tone: 'bad', word: 'Key refused' },
  'no-credit': { tone: 'warn', word: 'No credit' },
  'not-found': { tone: 'bad', word: 'Wrong address' },
  'rate-limited': { tone: 'warn', word: 'Rate limited' },
  tls: { tone: 'bad', word: 'Not trusted' },
  offline: { tone: 'bad', word: 'Not reachable' },
  failed: { tone: 'bad', word: 'Check failed' },
};

export function healthOf(provider: ProviderConfig, { check, checking }: ProviderFacts): HealthWords {
  if (!provider.enabled) return { tone: 'idle', word: 'Off' };
  if (checking) return { tone: 'live', word: 'Checking' };
  return check ? outcomes[check.outcome] : { tone: 'idle', word: 'Not checked' };
}
