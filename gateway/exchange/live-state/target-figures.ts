/** How fast each target answers, by decaying averages, and how many requests it has under way. */

/** A target's figures as a decision reads them. */
export interface TargetFigures {
  /** Milliseconds from the sending to the first content; null when no stream has told. */
  readonly firstTokenMs: number | null;
  readonly tokensPerSecond: number | null;
  /** Answers that the averages stand on. */
  readonly samples: number;
  readonly inFlight: number;
}

interface Figures {
  firstTokenMs: number | null;
  tokensPerSecond: number | null;
  samples: number;
  inFlight: number;
  sampledAt: number;
}

/** A new answer's part in the average; the first few count alike. */
const newestShare = 0.2;
/** Averages without a new answer are forgotten: who was slow once is measured again. Milliseconds. */
const forgetAfterMs = 10 * 60_000;
const mostTargets = 2_000;

const nothing: TargetFigures = { firstTokenMs: null, tokensPerSecond: null, samples: 0, inFlight: 0 };

/** One attempt at a target. */
export interface Measured {
  /** Only now it is sent: its model had to be loaded first, which says nothing of how fast it answers. */
  sentAfterWait(): void;
  firstContent(): void;
  /** @param outputTokens as the provider counted them; null for an attempt that failed, or where nobody counted */
  end(outputTokens: number | null): void;
}

export class FigureBook {
  readonly #monotonic: () => number;
  readonly #targets = new Map<string, Figures>();

  /** @param monotonic milliseconds of a clock that never jumps */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** A request is sent. */
  begin(provider: string, model: string): Measured {
    return new Measurement(this.#figuresOf(`${provider}/${model}`), this.#monotonic);
  }

  of(provider: string, model: string): TargetFigures {
    const figures = this.#targets.get(`${provider}/${model}`);
    if (!figures) return nothing;
    this.#forgetOld(figures);
    const { firstTokenMs, tokensPerSecond, samples, inFlight } = figures;
    return { firstTokenMs, tokensPerSecond, samples, inFlight };
  }

  /** All that were asked lately, as `provider/model`. */
  names(): string[] {
    return [...this.#targets].flatMap(([name, figures]) => {
      this.#forgetOld(figures);
      return figures.samples > 0 || figures.inFlight > 0 ? [name] : [];
    });
  }

  /** Forgets the providers that the config does not name any more. */
  keep(isNamed: (provider: string) => boolean): void {
    for (const name of this.#targets.keys()) if (!isNamed(name.slice(0, name.indexOf('/')))) this.#targets.delete(name);
  }

  #forgetOld(figures: Figures): void {
    if (figures.samples === 0 || this.#monotonic() - figures.sampledAt < forgetAfterMs) return;
    figures.firstTokenMs = null;
    figures.tokensPerSecond = null;
    figures.samples = 0;
  }

  #figuresOf(name: string): Figures {
    const known = this.#targets.get(name);
    if (known) {
      this.#forgetOld(known);
      return known;
    }
    const [oldest] = this.#targets.keys();
    if (oldest !== undefined && this.#targets.size >= mostTargets) this.#targets.delete(oldest);
    const figures = { firstTokenMs: null, tokensPerSecond: null, samples: 0, inFlight: 0, sampledAt: 0 };
    this.#targets.set(name, figures);
    return figures;
  }
}

class Measurement implements Measured {
  readonly #figures: Figures;
  readonly #monotonic: () => number;
  #sentAt: number;
  #firstAt: number | null = null;
  #isOver = false;

  constructor(figures: Figures, monotonic: () => number) {
    this.#figures = figures;
    this.#monotonic = monotonic;
    this.#sentAt = monotonic();
    figures.inFlight += 1;
  }

  sentAfterWait(): void {
    this.#sentAt = this.#monotonic();
  }

  firstContent(): void {
    this.#firstAt ??= this.#monotonic();
  }

  end(outputTokens: number | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#figures.inFlight -= 1;
    if (outputTokens === null && this.#firstAt === null) return;
    const at = this.#monotonic();
    const firstTokenMs = this.#firstAt === null ? null : this.#firstAt - this.#sentAt;
    note(this.#figures, at, firstTokenMs, rateOf(outputTokens, at - (this.#firstAt ?? this.#sentAt)));
  }
}

function note(figures: Figures, at: number, firstTokenMs: number | null, tokensPerSecond: number | null): void {
  figures.samples += 1;
  figures.sampledAt = at;
  const share = Math.max(newestShare, 1 / figures.samples);
  figures.firstTokenMs = average(figures.firstTokenMs, firstTokenMs, share);
  figures.tokensPerSecond = average(figures.tokensPerSecond, tokensPerSecond, share);
}

function average(before: number | null, now: number | null, share: number): number | null {
  if (before === null || now === null) return now ?? before;
  return before + (now - before) * share;
}

/** Answers that come at once in one piece tell no rate. */
function rateOf(tokens: number | null, duringMs: number): number | null {
  return tokens === null || tokens <= 0 || duringMs < 1 ? null : (tokens * 1_000) / duringMs;
}
