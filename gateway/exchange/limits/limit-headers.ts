/** What a limited client is told with every answer: how much is left, in the headers that programs read. */
import { anthropicMessages } from '../../dialects/index.ts';
import type { LimitReading } from '../../limits/limiter.ts';

const told = ['requests', 'tokens'] as const;
const anthropicDialects: readonly string[] = [anthropicMessages.name, 'anthropic-count-tokens'];

/**
 * Name, value, name, value, …: of requests and of tokens the window in which least is left. In OpenAI's form (`x-ratelimit-…`, platform
 * .openai.com/docs/guides/rate-limits), and where the client speaks Anthropic's also in that (docs.anthropic.com/en/api/rate-limits).
 * @param atMs milliseconds since 1970
 */
export function limitHeaders(readings: readonly LimitReading[], dialect: string, atMs: number): string[] {
  const headers: string[] = [];
  for (const counted of told) {
    const tightest = tightestOf(readings.filter((reading) => reading.counted === counted));
    if (tightest === null) continue;
    const [limit, remaining] = [String(tightest.limit), String(leftOf(tightest))];
    headers.push(`x-ratelimit-limit-${counted}`, limit, `x-ratelimit-remaining-${counted}`, remaining);
    headers.push(`x-ratelimit-reset-${counted}`, goDuration(tightest.resetsAtMs - atMs));
    if (!anthropicDialects.includes(dialect)) continue;
    headers.push(`anthropic-ratelimit-${counted}-limit`, limit, `anthropic-ratelimit-${counted}-remaining`, remaining);
    headers.push(`anthropic-ratelimit-${counted}-reset`, new Date(tightest.resetsAtMs).toISOString().replace('.000Z', 'Z'));
  }
  return headers;
}

function leftOf({ limit, used }: LimitReading): number {
  return Math.max(0, limit - used);
}

/** Of as much left: the one that lasts longest. */
function tightestOf(readings: readonly LimitReading[]): LimitReading | null {
  const [tightest] = readings.toSorted((one, other) => leftOf(one) - leftOf(other) || other.resetsAtMs - one.resetsAtMs);
  return tightest ?? null;
}

/** `1s`, `6m0s`, `2h0m0s`: whole seconds, rounded up. */
export function goDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1_000));
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  if (seconds < 60) return `${seconds}s`;
  return `${hours > 0 ? `${hours}h` : ''}${minutes}m${seconds % 60}s`;
}
