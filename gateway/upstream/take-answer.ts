/** Sends a request and takes its whole answer, within a bounded time and size. */
import type { Send, UpstreamHandler, UpstreamRequest } from './transport.ts';

/** What an upstream call failed with. */
export type UpstreamProblem = Parameters<UpstreamHandler['onError']>[0];

export type Reply =
  | { readonly type: 'answer'; readonly status: number; readonly body: Buffer }
  | { readonly type: 'problem'; readonly problem: UpstreamProblem }
  | { readonly type: 'too-slow' }
  | { readonly type: 'too-large'; readonly status: number };

export interface AnswerBounds {
  /** Milliseconds for the whole answer. */
  readonly timeoutMs: number;
  readonly maximumBytes: number;
}

/** What goes wrong on the way is part of the reply; this never rejects. */
export function takeAnswer(send: Send, request: UpstreamRequest, { timeoutMs, maximumBytes }: AnswerBounds): Promise<Reply> {
  return new Promise((resolve) => {
    const collect = createCollector(maximumBytes, (reply) => {
      clearTimeout(timer);
      call.abort();
      resolve(reply);
    });
    const timer = setTimeout(() => collect.stop({ type: 'too-slow' }), timeoutMs);
    const call = send(request, collect.handler);
  });
}

interface Collector {
  readonly handler: UpstreamHandler;
  stop(reply: Reply): void;
}

/** Collects an answer; `finish` is called once, never before `send` has returned. */
function createCollector(maximumBytes: number, finish: (reply: Reply) => void): Collector {
  const chunks: Buffer[] = [];
  let size = 0;
  let status = 0;
  let isDone = false;
  const stop = (reply: Reply): void => {
    if (isDone) return;
    isDone = true;
    queueMicrotask(() => finish(reply));
  };
  return {
    stop,
    handler: {
      onHead(headStatus) {
        status = headStatus;
      },
      onData(chunk) {
        size += chunk.length;
        if (size > maximumBytes) stop({ type: 'too-large', status });
        else if (!isDone) chunks.push(chunk);
      },
      onEnd: () => stop({ type: 'answer', status, body: Buffer.concat(chunks) }),
      onError: (problem) => stop({ type: 'problem', problem }),
    },
  };
}
