/** The extra port for programs that speak only Ollama's API: opened, moved and closed beside the gateway's own. */
import type { AnswerRequest } from './doors.ts';
import { type GatewayListener, openGatewayListener } from './listener.ts';

/** What a taken port is mended by. */
const setting = 'listen.ollama.port';

export class OllamaDoor {
  readonly #answer: AnswerRequest;
  #listener: GatewayListener | null = null;
  /** Those that accept nothing new, and end with what runs on them. */
  readonly #ending = new Set<GatewayListener>();
  #tail: Promise<unknown> = Promise.resolve();
  /** The port it was opened for: 0 stands for any. */
  #asked: number | null = null;

  constructor(answer: AnswerRequest) {
    this.#answer = answer;
  }

  /** The port really bound; null while it is closed. */
  get port(): number | null {
    return this.#listener?.port ?? null;
  }

  /** The port that it was asked to listen on; null while it is closed. */
  get asked(): number | null {
    return this.#asked;
  }

  /**
   * Listens on this port; the new one is bound before the old closes. What runs on the old ends in its own time.
   * @param port null to close
   * @throws PortTakenError when the port is taken; what listened before still does
   */
  move(port: number | null): Promise<void> {
    const turn = this.#tail.then(() => this.#move(port));
    this.#tail = turn.catch(() => undefined);
    return turn;
  }

  /** Cuts every connection that is left. */
  destroy(): void {
    for (const listener of this.#ending) listener.destroy();
  }

  async #move(port: number | null): Promise<void> {
    if (port === this.#asked || (port !== null && port === this.port)) return;
    const opened = port === null ? null : await openGatewayListener(port, this.#answer, setting);
    const before = this.#listener;
    this.#listener = opened;
    this.#asked = port;
    if (before) void this.#retire(before);
  }

  async #retire(listener: GatewayListener): Promise<void> {
    this.#ending.add(listener);
    const timer = setInterval(() => listener.closeIdle(), 1_000);
    timer.unref();
    await listener.close();
    clearInterval(timer);
    this.#ending.delete(listener);
  }
}
