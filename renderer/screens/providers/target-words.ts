/** How a target stands, in words. Pure. */
import type { TargetStanding } from '../../../gateway/contract/calls.ts';
import { formatCount, formatDuration, formatTime } from '../../components/formats.ts';
import type { HealthWords } from './provider-words.ts';

/** The worse of breaker and key is told. */
export function standingWords({ state, untilMs }: TargetStanding, nowMs: number): HealthWords {
  const until = untilMs === null ? '' : ` until ${formatTime(untilMs, nowMs)}`;
  if (state.breaker === 'open') return { tone: 'bad', word: `Rests after failures${until}` };
  if (state.breaker === 'half-open') return { tone: 'live', word: 'Being tried again' };
  if (state.key === 'set-aside') return { tone: 'warn', word: 'Key set aside' };
  if (state.key === 'resting') return { tone: 'warn', word: 'Key rests' };
  if (state.key === 'missing') return { tone: 'warn', word: 'Key missing' };
  // Errors that are the asker's own, or a limit's, are held against nobody; they tell nothing good either.
  return state.samples === 0 ? { tone: 'idle', word: 'Nothing measured lately' } : { tone: 'good', word: 'Well' };
}

/** `first token 212 ms · 48.1 tokens/s · 2 under way`: what was measured; empty before the first answer. */
export function measuredWords({ state, failures }: TargetStanding): string {
  const words: string[] = [];
  if (state.firstTokenMs !== null) words.push(`first token ${formatDuration(state.firstTokenMs)}`);
  if (state.tokensPerSecond !== null) words.push(`${state.tokensPerSecond.toFixed(1)} tokens/s`);
  if (state.inFlight > 0) words.push(`${formatCount(state.inFlight)} under way`);
  if (failures > 0) words.push(failures === 1 ? '1 failure lately' : `${formatCount(failures)} failures lately`);
  return words.join(' · ');
}

/** Is something held against it? */
export function isTroubled({ state }: TargetStanding): boolean {
  return state.breaker !== 'closed' || state.key === 'resting' || state.key === 'set-aside' || state.key === 'missing';
}

/** What the list of providers says of its targets, the gravest first; null when all are well. */
export function troubleWords(standings: readonly TargetStanding[]): string | null {
  const open = standings.filter(({ state }) => state.breaker !== 'closed').length;
  if (open > 0) return open === 1 ? '1 target rests' : `${open} targets rest`;
  const keysThat = (state: TargetStanding['state']['key']) =>
    new Set(standings.filter((one) => one.state.key === state).map(({ key }) => key)).size;
  const [aside, resting] = [keysThat('set-aside'), keysThat('resting')];
  if (aside > 0) return aside === 1 ? '1 key set aside' : `${aside} keys set aside`;
  if (resting === 0) return null;
  return resting === 1 ? '1 key rests' : `${resting} keys rest`;
}
