/** A relay's surroundings, told by the test: a host that writes down what it is asked, and a response that keeps what it is sent. */
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { GatewayError } from '../../../gateway/chat/error.ts';
import type { Outcome, RelayHost } from '../../../gateway/exchange/relay/body-sink.ts';

/** Stands for a socket whose reader may be slow: `full` makes it ask for a pause. */
export class ScriptedResponse extends EventEmitter {
  full = false;
  destroyed = false;
  headersSent = false;
  ended = false;
  head: readonly string[] = [];
  sent = '';

  writeHead(status: number, headers: readonly string[]): void {
    this.headersSent = true;
    this.head = [String(status), ...headers];
  }

  write(bytes: Buffer, done?: () => void): boolean {
    this.sent += bytes.toString();
    done?.();
    return !this.full;
  }

  end(bytes: Buffer): void {
    this.sent += bytes.toString();
    this.ended = true;
  }

  destroy(): void {
    this.destroyed = true;
  }
}

export interface ScriptedRelay {
  readonly host: RelayHost;
  readonly response: ScriptedResponse;
  readonly asServerResponse: ServerResponse;
  readonly outcomes: Outcome[];
  /** Of attempts that failed before the client's first byte. */
  readonly failures: GatewayError[];
  readonly asked: string[];
  /** The row's first half is committed. */
  commit(): void;
}

/** @param committed whether the row's first half is already */
export function scriptRelay(committed = true, ledgerError: GatewayError | null = null): ScriptedRelay {
  const response = new ScriptedResponse();
  const outcomes: Outcome[] = [];
  const failures: GatewayError[] = [];
  const asked: string[] = [];
  const waiting: (() => void)[] = [];
  let isCommitted = committed;
  const host: RelayHost = {
    whenStarted: (then) => (isCommitted ? then() : void waiting.push(then)),
    attemptFailed: ({ error }) => void failures.push(error),
    firstContent: () => void asked.push('first content'),
    finish(outcome, lastBytes) {
      outcomes.push(outcome);
      if (isCommitted) lastBytes(ledgerError);
      else waiting.push(() => lastBytes(ledgerError));
    },
    pauseUpstream: () => void asked.push('pause'),
    resumeUpstream: () => void asked.push('resume'),
    abortUpstream: () => void asked.push('abort'),
    answerHeaders: () => ['x-request-id', 'r'],
  };
  return {
    host,
    response,
    asServerResponse: response as unknown as ServerResponse,
    outcomes,
    failures,
    asked,
    commit() {
      isCommitted = true;
      for (const then of waiting.splice(0)) then();
    },
  };
}
