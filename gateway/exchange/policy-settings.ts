/** Writes what a policy sets into a request, whether its bytes pass through or it is translated. */
import { withSettings, type SettingsChange } from '../chat/settings.ts';
import type { FidelityReport } from '../chat/fidelity.ts';
import type { ChatRequest } from '../chat/request.ts';
import type { Dialect, PassthroughRequest } from '../dialects/dialect.ts';

type SettingDialect = Pick<Dialect, 'name' | 'chat'>;

/** What a decision says of one request's settings. */
export class PolicySettings {
  readonly #dialect: SettingDialect;
  readonly #change: SettingsChange | null;
  #unsaid: readonly string[] = [];

  /** @param change null for nothing */
  constructor(dialect: SettingDialect, change: SettingsChange | null) {
    this.#dialect = dialect;
    // What only counts tokens or makes vectors has no settings, and its provider would refuse them.
    this.#change = dialect.chat === null ? null : change;
  }

  /** The request whose bytes are written with the settings. */
  of(request: PassthroughRequest): PassthroughRequest {
    const settings = this.#change;
    if (settings === null) return request;
    return {
      ...request,
      write: (change) => {
        const whole = { ...change, settings: joined(settings, change.settings ?? null) };
        this.#unsaid = request.unsaidSettings(whole);
        return request.write(whole);
      },
    };
  }

  /** For a translation. */
  readonly prepare = (request: ChatRequest): ChatRequest =>
    this.#change === null ? request : withSettings(request, this.#change);

  /** What the request's format had no word for as it was last written; null for nothing. */
  report(): FidelityReport | null {
    if (this.#unsaid.length === 0) return null;
    const { name } = this.#dialect;
    const words = 'the policy sets it, and this format or this model has no word for it';
    return {
      from: name,
      to: name,
      kept: [],
      emulated: [],
      dropped: this.#unsaid.map((field) => ({ field, words, count: 1 })),
    };
  }
}

/** What a policy sets, and what a budget caps beside it. */
function joined(settings: SettingsChange, more: SettingsChange | null): SettingsChange {
  if (more === null) return settings;
  const most = Math.min(settings.caps.maxOutputTokens ?? Infinity, more.caps.maxOutputTokens ?? Infinity);
  return Number.isFinite(most) ? { ...settings, caps: { ...settings.caps, maxOutputTokens: most } } : settings;
}

const nothingSet = new PolicySettings({ name: 'openai-chat', chat: null }, null);

/** @returns one for all requests of which a policy sets nothing, as of nearly every one */
export function settingsFor(dialect: Dialect, change: SettingsChange | null): PolicySettings {
  return change === null ? nothingSet : new PolicySettings(dialect, change);
}
