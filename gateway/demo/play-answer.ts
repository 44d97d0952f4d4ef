/** Delivers an answer as a network would: the head, the body piece by piece with pauses between, and an end or none. */
import { GatewayError } from '../chat/error.ts';
import type { UpstreamCall, UpstreamHandler, UpstreamTimeouts } from '../upstream/transport.ts';

export interface PlayedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds before the head. */
  readonly firstByteMs: number;
  readonly pieces: readonly string[];
  /** Milliseconds before each piece. */
  readonly pieceMs: number;
  /** `stall`: silence after the last piece; `cut`: the connection breaks after it. */
  readonly ending: 'end' | 'stall' | 'cut';
}

/** Runs something later and returns how to call it off. A delay of 0 means: as soon as the present work is done. */
export type Wait = (delayMs: number, run: () => void) => () => void;

interface Step {
  readonly delayMs: number;
  readonly act: (handler: UpstreamHandler) => void;
}

/**
 * Never calls the handler before it has returned, nor after the end. At most one timer runs at any time, and none after
 * `abort`. The caller's own timeouts hold here as they do on the network.
 */
export function playAnswer(answer: PlayedAnswer, handler: UpstreamHandler, timeouts: UpstreamTimeouts, wait: Wait): UpstreamCall {
  const steps = planSteps(answer, timeouts);
  let position = 0;
  let due = false;
  let paused = false;
  let running = false;
  let cancel: (() => void) | null = null;

  function schedule(delayMs: number): void {
    cancel = wait(delayMs, () => {
      cancel = null;
      due = true;
      advance();
    });
  }

  function advance(): void {
    running = true;
    for (let step = steps[position]; step !== undefined && !paused; step = steps[position]) {
      if (!due && step.delayMs > 0) {
        schedule(step.delayMs);
        break;
      }
      due = false;
      position += 1;
      step.act(handler);
    }
    running = false;
  }

  schedule(steps[0]?.delayMs ?? 0);
  return {
    abort() {
      position = steps.length;
      cancel?.();
      cancel = null;
    },
    pause() {
      paused = true;
    },
    resume() {
      if (!paused) return;
      paused = false;
      if (cancel === null && !running && position < steps.length) schedule(0);
    },
  };
}

function planSteps(answer: PlayedAnswer, timeouts: UpstreamTimeouts): readonly Step[] {
  if (answer.firstByteMs > timeouts.firstByteMs) return [failStep(timeouts.firstByteMs, lateAnswer())];
  const head: Step = { delayMs: answer.firstByteMs, act: (handler) => handler.onHead(answer.status, answer.headers) };
  const body = answer.pieces.map(
    (piece): Step => ({
      delayMs: answer.pieceMs,
      act: (handler) => handler.onData(Buffer.from(piece)),
    }),
  );
  return [head, ...body, endStep(answer, timeouts)];
}

function endStep({ ending, pieceMs }: PlayedAnswer, timeouts: UpstreamTimeouts): Step {
  if (ending === 'stall')
    return failStep(timeouts.idleMs, new GatewayError('upstream-stalled', 'the demo fell silent, as it was asked to'));
  if (ending === 'cut')
    return failStep(pieceMs, new GatewayError('upstream-truncated', 'the demo broke off, as it was asked to'));
  return { delayMs: 0, act: (handler) => handler.onEnd() };
}

function failStep(delayMs: number, error: GatewayError): Step {
  return { delayMs, act: (handler) => handler.onError(error) };
}

function lateAnswer(): GatewayError {
  return new GatewayError('upstream-first-byte-timeout', 'the demo did not begin to answer in time, as it was asked to');
}
