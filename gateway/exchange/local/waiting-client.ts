/** Keeps a client patient while a model is loaded: its stream is opened, and kept alive, before anybody has begun to answer. */
import type { ServerResponse } from 'node:http';
import { openingHoldMs } from '../relay/client-stream.ts';
import type { RelayHost } from '../relay/body-sink.ts';

/** Clients give up after as little as 10 s of silence. */
const keepAliveMs = 5_000;

export interface WaitingClientInput {
  readonly host: Pick<RelayHost, 'whenStarted' | 'answerHeaders'>;
  readonly response: ServerResponse;
  readonly contentType: string;
  /** What is written again and again, and means nothing. */
  readonly keepAlive: string;
  /** May another target answer in the end? Then its headers do not name this one. */
  mayMove(): boolean;
}

/** How many attempts it takes is known in the end; by whom and how it is answered is not, where another target may be asked. */
const notYetKnown: ReadonlySet<string> = new Set(['x-gatehouse-attempts']);
const knownOfTarget: ReadonlySet<string> = new Set([
  ...notYetKnown,
  'x-gatehouse-provider',
  'x-gatehouse-model',
  'x-gatehouse-translated',
  'x-gatehouse-emulated',
  'x-gatehouse-dropped',
]);

export class WaitingClient {
  readonly #input: WaitingClientInput;
  #timer: NodeJS.Timeout | null = null;
  #isOver = false;

  constructor(input: WaitingClientInput) {
    this.#input = input;
    this.#timer = setTimeout(() => this.#keepAlive(), openingHoldMs);
  }

  /** Nothing more is written: the model is there, or nobody waits for it. */
  end(): void {
    this.#isOver = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  #keepAlive(): void {
    this.#timer = setTimeout(() => this.#keepAlive(), keepAliveMs);
    // As with every first byte, the row is committed before.
    this.#input.host.whenStarted(() => this.#write());
  }

  #write(): void {
    const { host, response, contentType, keepAlive, mayMove } = this.#input;
    if (this.#isOver || response.destroyed || response.writableNeedDrain) return;
    if (!response.headersSent) {
      const left = mayMove() ? knownOfTarget : notYetKnown;
      response.writeHead(200, [...without(host.answerHeaders({}), left), 'content-type', contentType]);
    }
    response.write(keepAlive);
  }
}

/** @param headers name, value, name, value, … */
function without(headers: readonly string[], names: ReadonlySet<string>): string[] {
  return headers.filter((_, place) => !names.has(headers[place - (place % 2)] ?? ''));
}
