/** A limit of the answer's length that a budget needs, written into a request that has none. */
import type { FidelityReport } from '../../chat/fidelity.ts';
import type { ChatRequest } from '../../chat/request.ts';
import { type SettingsChange, withSettings } from '../../chat/settings.ts';
import type { Dialect, PassthroughRequest } from '../../dialects/dialect.ts';

const field = 'maxOutputTokens';
const nothing: SettingsChange = { defaults: {}, overrides: {}, caps: {} };

export class OutputLimit {
  #tokens: number | null = null;

  get isSet(): boolean {
    return this.#tokens !== null;
  }

  set(tokens: number): void {
    this.#tokens = tokens;
  }

  lift(): void {
    this.#tokens = null;
  }

  /** The request whose bytes are written with the limit, when there is one. */
  of(request: PassthroughRequest): PassthroughRequest {
    return {
      ...request,
      write: (change) => request.write(this.#tokens === null ? change : { ...change, settings: this.#change(change.settings) }),
    };
  }

  /** For a translation. */
  prepare(request: ChatRequest): ChatRequest {
    return this.#tokens === null ? request : withSettings(request, this.#change(null));
  }

  /** What is to be told of it: beside what a translation tells, or by itself. Null: nothing. */
  report(told: FidelityReport | null, { name }: Pick<Dialect, 'name'>): FidelityReport | null {
    if (this.#tokens === null) return told;
    const words = `set to ${this.#tokens}: the request says no limit, and a hard budget must know what an answer costs at most`;
    const itself: FidelityReport = { from: name, to: name, kept: [], emulated: [], dropped: [] };
    const report = told ?? itself;
    return { ...report, emulated: [...report.emulated, { field, words, count: 1 }] };
  }

  #change(settings: SettingsChange | null | undefined): SettingsChange {
    const { defaults, overrides, caps } = settings ?? nothing;
    return { defaults, overrides, caps: { ...caps, [field]: Math.min(this.#tokens ?? Infinity, caps[field] ?? Infinity) } };
  }
}
