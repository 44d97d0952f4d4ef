/** The ports that programs come to: the gateway's own, and the one that stands for an Ollama where the config opens it. */
import { GatewayError } from './chat/error.ts';
import { CallError } from './contract/call-error.ts';
import { refuseOwnAddress } from './config-facts.ts';
import type { ClientTerms } from './contract/client-terms.ts';
import type { GatewayConfig } from './contract/config.ts';
import type { Problem } from './contract/status.ts';
import { LiveExchanges } from './exchange/live-exchanges.ts';
import { hasLimits } from './limits/limit-rules.ts';
import type { Log } from './log.ts';
import type { ClientBook } from './secrets/client-book.ts';
import { type AdmissionPolicy, type AdmittedClient, buildAdmissionPolicy } from './server/admission.ts';
import { createDoors, type DoorsInput } from './server/doors.ts';
import { ListenerSwitch } from './server/listener-switch.ts';
import { PortTakenError } from './server/listener.ts';
import { OllamaDoor } from './server/ollama-door.ts';
import { createWrongKeys, type WrongKeys } from './server/wrong-keys.ts';

const drainMs = 30_000;

export interface UserDoorsInput extends Omit<DoorsInput, 'arriving' | 'admissionPolicy' | 'greeting'> {
  readonly clients: ClientBook;
  readonly live: LiveExchanges;
  /** The config in force. */
  effective(): GatewayConfig;
  /** What our own calls to providers carry. */
  readonly hop: string;
  readonly log: Log;
  onChange(): void;
}

export class UserDoors {
  readonly listener: ListenerSwitch;
  readonly #ollama: OllamaDoor;
  readonly #input: UserDoorsInput;
  readonly #wrongKeys: WrongKeys = createWrongKeys(() => performance.now());
  #policy: AdmissionPolicy;
  #ollamaPolicy: AdmissionPolicy;
  /** What the config in force says of the Ollama door. */
  #ollamaInForce: GatewayConfig['listen']['ollama'];
  /** Why its port could not be had; null when it could. */
  #failure: string | null = null;

  constructor(input: UserDoorsInput) {
    const arriving = new LiveExchanges();
    this.#input = input;
    this.#ollamaInForce = input.effective().listen.ollama;
    this.#policy = this.#buildPolicy(input.effective().listen.port);
    this.#ollamaPolicy = this.#buildOllamaPolicy(0);
    const common = { ...input, arriving };
    this.#ollama = new OllamaDoor(
      createDoors({ ...common, greeting: 'Ollama is running', admissionPolicy: () => this.#ollamaPolicy }),
    );
    this.listener = new ListenerSwitch({
      answer: createDoors({ ...common, greeting: 'Gatehouse is running', admissionPolicy: () => this.#policy }),
      live: input.live,
      arriving,
      drainMs,
      now: Date.now,
      onChange: ({ state, port }) => {
        if (port !== null) this.#policy = this.#buildPolicy(port);
        // What runs there is drained with the rest.
        if (state === 'stopping') void this.#ollama.move(null);
        if (state === 'stopped') this.#ollama.destroy();
        input.onChange();
      },
    });
  }

  /** `http://127.0.0.1:11434`; null while that door is closed. */
  get ollamaUrl(): string | null {
    return this.#ollama.port === null ? null : `http://127.0.0.1:${this.#ollama.port}`;
  }

  /**
   * Listens on the ports of the config in force. That of the Ollama door is a problem that is told when it is taken.
   * @throws PortTakenError for the gateway's own, CallError for a provider that is this gateway itself
   */
  async start(): Promise<void> {
    const { effective, log, onChange } = this.#input;
    const { port, ollama } = effective().listen;
    await this.listener.start(port);
    try {
      refuseOwnAddress(effective(), this.listener.facts.port);
    } catch (error) {
      await this.listener.stop();
      throw error;
    }
    try {
      await this.#moveOllama(ollama?.port ?? null);
    } catch (error) {
      if (!(error instanceof PortTakenError)) throw error;
      this.#failure = error.message;
      log('warning', error.message);
    }
    onChange();
  }

  /**
   * Moves to the ports of a config that is about to be in force; while nothing listens, it is only checked. What it says of the Ollama
   * door as the one before it did is no reason to refuse it: what is wrong there is a problem that is told already.
   * @throws PortTakenError for a port, and CallError for a client that cannot have one; then nothing has changed
   */
  async move({ listen }: GatewayConfig): Promise<void> {
    const { ollama } = listen;
    const isNew = ollama?.port !== this.#ollamaInForce?.port || ollama?.client !== this.#ollamaInForce?.client;
    if (ollama && isNew) this.#refuseResident(ollama.client);
    if (this.listener.facts.state !== 'running') return;
    const before = this.#ollama.asked;
    await this.#moveOllama(ollama?.port ?? null).catch((error: unknown) => {
      if (isNew || !(error instanceof PortTakenError)) throw error;
      this.#failure = error.message;
    });
    try {
      await this.listener.start(listen.port);
    } catch (error) {
      await this.#moveOllama(before).catch(() => undefined);
      throw error;
    }
  }

  /** The config in force is another. */
  configChanged(): void {
    const { listen } = this.#input.effective();
    this.#ollamaInForce = listen.ollama;
    this.#policy = this.#buildPolicy(this.listener.facts.port ?? listen.port);
    this.#ollamaPolicy = this.#buildOllamaPolicy(this.#ollama.port ?? 0);
    if (listen.ollama === undefined) this.#failure = null;
  }

  /** What keeps the Ollama door from being of use. */
  problems(): readonly Problem[] {
    const { ollama } = this.#input.effective().listen;
    if (ollama === undefined) return [];
    const { clients } = this.#input;
    const message = this.#failure ?? residentProblem(ollama.client, clients.named(ollama.client));
    if (message === null) return [];
    const fix = 'Correct listen.ollama in the config, or give the client it names a limit; then start the gateway again.';
    return [{ id: 'ollama-door', message, fix }];
  }

  async #moveOllama(port: number | null): Promise<void> {
    await this.#ollama.move(port);
    this.#failure = null;
    this.#ollamaPolicy = this.#buildOllamaPolicy(this.#ollama.port ?? 0);
  }

  #buildPolicy(port: number): AdmissionPolicy {
    const { clients, hop, effective } = this.#input;
    const { find, current } = clients;
    const known = { findClient: find, currentClient: current, resident: null };
    return buildAdmissionPolicy(effective(), port, { ...known, wrongKeys: this.#wrongKeys, hop });
  }

  #buildOllamaPolicy(port: number): AdmissionPolicy {
    const resident = (): AdmittedClient | GatewayError => this.#resident();
    const currentClient = (): AdmittedClient | null => {
      const now = resident();
      return now instanceof GatewayError ? null : now;
    };
    return { ...this.#buildPolicy(port), resident, currentClient };
  }

  #resident(): AdmittedClient | GatewayError {
    const { clients, effective } = this.#input;
    const name = effective().listen.ollama?.client ?? '';
    const client = clients.enter(name);
    const problem = residentProblem(name, client);
    if (client !== null && problem === null) return client;
    return new GatewayError('unauthorized', problem ?? 'This port is closed.', { code: 'invalid_api_key' });
  }

  #refuseResident(name: string): void {
    const problem = residentProblem(name, this.#input.clients.named(name));
    if (problem !== null) throw new CallError('invalid', problem, 'listen.ollama.client');
  }
}

/** Whoever reaches a port without a key can spend what its client may: without a limit that would be everything. */
function residentProblem(name: string, client: ClientTerms | null): string | null {
  if (client === null)
    return `The Ollama port belongs to the client "${name}", which there is not; make one of that name under Settings.`;
  const { budgets, tier, limits, allowedModels } = client;
  const isLimited = budgets.some(({ mode }) => mode === 'hard') || tier !== null || hasLimits(limits) || allowedModels !== null;
  if (isLimited) return null;
  return `The Ollama port belongs to the client "${name}", which nothing limits; give it a hard budget, a tier, rate limits or a list of models.`;
}
