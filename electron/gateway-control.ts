/** Brings the gateway up behind the window: the key first, then the process, then its status; and knows the truth about all three. */
import { randomBytes } from 'node:crypto';
import type { KeyProtection } from '../gateway/contract/desktop.ts';
import type { GatewayStatus } from '../gateway/contract/status.ts';
import type { Alert } from '../gateway/contract/money/alert.ts';
import type { OpenedKey } from './data-key.ts';
import type { ControlEndpoint } from './forward-control.ts';
import { GatewayKeeper } from './gateway-process.ts';
import type { GatewayChild } from './launch-gateway.ts';
import type { MoneyFacts } from './money-facts.ts';
import { type GatewayWatch, watchGateway } from './watch-gateway.ts';

export interface GatewayControlOptions {
  openKey(): Promise<OpenedKey>;
  launch(): GatewayChild;
  /** Null for a random one. */
  readonly controlToken: string | null;
  onChange(): void;
  /** As the gateway raises it. */
  onAlert(alert: Alert): void;
  /** What the first gateway says to a person, or to a program. */
  onWords(line: string, isReadyLine: boolean): void;
  onLog(line: string): void;
}

/** A page that asks while the gateway starts waits so long for it, in milliseconds. */
const startPatienceMs = 5_000;
/** How long the key store is left alone before it is asked again, in milliseconds; the last one stays. */
const keyRetriesMs = [2_000, 4_000, 8_000, 15_000, 30_000] as const;

export class GatewayControl {
  readonly keeper: GatewayKeeper;
  readonly #options: GatewayControlOptions;
  readonly #token: string;
  #keyProtection: KeyProtection | null = null;
  #status: GatewayStatus | null = null;
  #money: MoneyFacts | null = null;
  #watch: { readonly port: number; readonly watch: GatewayWatch } | null = null;
  #opening: Promise<void> | null = null;
  #keyFailures = 0;
  #keyTimer: NodeJS.Timeout | undefined;
  #readyCount = 0;
  #waiting: (() => void)[] = [];
  #ending = false;

  constructor(options: GatewayControlOptions) {
    this.#options = options;
    this.#token = options.controlToken ?? randomBytes(32).toString('base64url');
    this.keeper = new GatewayKeeper({
      launch: options.launch,
      monotonic: () => performance.now(),
      now: Date.now,
      onChange: () => this.#follow(),
      onWords: (line, isReadyLine) => this.#say(line, isReadyLine),
      onLog: options.onLog,
    });
  }

  get keyProtection(): KeyProtection | null {
    return this.#keyProtection;
  }

  get status(): GatewayStatus | null {
    return this.#status;
  }

  /** Null while it is not known. */
  get money(): MoneyFacts | null {
    return this.#money;
  }

  /** Null while no gateway answers. */
  get endpoint(): ControlEndpoint | null {
    const { ready } = this.keeper;
    return ready ? { port: Number(new URL(ready.control).port), token: ready.controlToken } : null;
  }

  /** The endpoint, after a start that is under way; null when there is none to wait for. */
  async findEndpoint(): Promise<ControlEndpoint | null> {
    if (this.endpoint === null && this.#isStarting()) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        timer = setTimeout(resolve, startPatienceMs);
      });
      clearTimeout(timer);
    }
    return this.endpoint;
  }

  /** Why there is no endpoint, in one sentence. */
  describeAbsence(): string {
    const { message, state } = this.keeper.process;
    if (message !== null) return message;
    return state === 'stopping' || state === 'stopped'
      ? 'Gatehouse is ending.'
      : 'The gateway is starting; it answers in a moment.';
  }

  /** Starts what is not running: asks for the key, then starts the process. Called again while it does, it waits for that. */
  start(): Promise<void> {
    clearTimeout(this.#keyTimer);
    this.#opening ??= this.#open().finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  /** Ends the process with its drain; again, without. */
  stop(): Promise<void> {
    this.#ending = true;
    clearTimeout(this.#keyTimer);
    return this.keeper.stop();
  }

  #isStarting(): boolean {
    return !this.#ending && (this.#opening !== null || this.keeper.process.state === 'starting');
  }

  async #open(): Promise<void> {
    const { key, protection } = await this.#options.openKey();
    this.#keyProtection = protection;
    if (this.#ending) return;
    if (key === null) return this.#waitForKey(protection.message);
    this.#keyFailures = 0;
    const keptIn = protection.state === 'given' ? protection.keptIn : `${protection.keptIn}, by the Gatehouse application`;
    this.keeper.start({ type: 'handover', dataKey: key, dataKeyKeptIn: keptIn, controlToken: this.#token });
  }

  #waitForKey(message: string): void {
    const delayMs = keyRetriesMs[Math.min(this.#keyFailures, keyRetriesMs.length - 1)] ?? 30_000;
    this.#keyFailures += 1;
    this.#keyTimer = setTimeout(() => void this.start(), delayMs);
    this.keeper.hold(message, Date.now() + delayMs);
  }

  #follow(): void {
    const { endpoint } = this;
    if (this.#watch?.port !== endpoint?.port) {
      this.#watch?.watch.close();
      this.#status = null;
      this.#money = null;
      this.#watch = endpoint && { port: endpoint.port, watch: this.#watchOver(endpoint) };
    }
    if (endpoint !== null || !this.#isStarting() || this.keeper.process.state === 'waiting') {
      for (const resolve of this.#waiting.splice(0)) resolve();
    }
    this.#options.onChange();
  }

  #watchOver(endpoint: ControlEndpoint): GatewayWatch {
    const { onChange, onAlert } = this.#options;
    return watchGateway(endpoint, {
      onStatus: (status) => {
        this.#status = status;
        onChange();
      },
      onMoney: (money) => {
        this.#money = money;
        onChange();
      },
      onAlert,
    });
  }

  #say(line: string, isReadyLine: boolean): void {
    if (isReadyLine) this.#readyCount += 1;
    if (this.#readyCount === 1) this.#options.onWords(line, isReadyLine);
  }
}
