/** The load: keep-alive connections that each ask again as soon as they are answered. Takes orders over its parent's channel. */
import { connect, type Socket } from 'node:net';

export interface LoadOrder {
  readonly port: number;
  /** A client key; empty for none. */
  readonly key: string;
  readonly model: string;
  readonly stream: boolean;
  /** In whose format it asks. */
  readonly format: 'openai-chat' | 'anthropic-messages';
  readonly bodyBytes: number;
  readonly connections: number;
  /** Each connection stops after so many requests … */
  readonly requestsEach: number;
  /** … or at the first answer after so many milliseconds. */
  readonly durationMs: number;
}

/** Latencies are microseconds. */
export interface LoadResult {
  readonly requests: number;
  readonly elapsedMs: number;
  readonly p50Us: number;
  readonly p99Us: number;
  /** To the first byte of the body. */
  readonly firstByteP50Us: number;
}

function requestBytes(order: LoadOrder): Buffer {
  const messages = [{ role: 'user', content: '' }];
  const isOpenAi = order.format === 'openai-chat';
  const usage = isOpenAi ? { stream_options: { include_usage: true } } : {};
  const options = { ...(order.stream ? { stream: true, ...usage } : {}), ...(isOpenAi ? {} : { max_tokens: 1_024 }) };
  const path = isOpenAi ? '/v1/chat/completions' : '/v1/messages';
  const small = JSON.stringify({ model: order.model, ...options, temperature: 0.7, messages });
  const words = 'the quick brown fox jumps over the lazy dog, and '.repeat(Math.ceil(order.bodyBytes / 49));
  const content = words.slice(0, Math.max(0, order.bodyBytes - small.length));
  const body = JSON.stringify({ model: order.model, ...options, temperature: 0.7, messages: [{ role: 'user', content }] });
  const key = order.key ? `authorization: Bearer ${order.key}\r\n` : '';
  const head = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${order.port}\r\n${key}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  return Buffer.from(head + body);
}

const chunkedEnd = Buffer.from('0\r\n\r\n');

interface Watch {
  onFirstByte(): void;
  /** @param closes the server ends the connection with this answer */
  onEnd(closes: boolean): void;
  onBroken(reason: string): void;
}

/** Finds where each answer ends with as little reading as possible. */
function watchAnswers(socket: Socket, watch: Watch): void {
  let inBody = false;
  /** Bytes still to come; -1 for a chunked body. */
  let missing = 0;
  let head = '';
  let closes = false;
  const readHead = (chunk: Buffer): Buffer | null => {
    head += chunk.toString('latin1');
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return null;
    if (!head.startsWith('HTTP/1.1 200')) watch.onBroken(head.slice(0, 600));
    const length = /\r\ncontent-length: *(\d+)/i.exec(head.slice(0, end + 2))?.[1];
    missing = length === undefined ? -1 : Number(length);
    closes = /\r\nconnection: close/i.test(head.slice(0, end + 2));
    const rest = head.length - end - 4;
    head = '';
    inBody = true;
    return chunk.subarray(chunk.length - rest);
  };
  let isFirst = true;
  socket.on('data', (chunk: Buffer) => {
    const body = inBody ? chunk : readHead(chunk);
    if (!body || body.length === 0) return;
    if (isFirst) watch.onFirstByte();
    isFirst = false;
    if (missing >= 0) missing -= body.length;
    const isEnd = missing < 0 ? body.subarray(-5).equals(chunkedEnd) : missing === 0;
    if (!isEnd) return;
    inBody = false;
    isFirst = true;
    watch.onEnd(closes);
  });
}

/** One connection's share of the load. */
function runConnection(
  order: LoadOrder,
  bytes: Buffer,
  stopAtMs: number,
  latencies: number[],
  firstBytes: number[],
): Promise<void> {
  return new Promise((resolve, reject) => {
    let asked = 0;
    const open = () => {
      const socket = connect({ port: order.port, host: '127.0.0.1', noDelay: true });
      let askedAtMs = 0;
      const fail = (reason: string) => {
        socket.destroy();
        reject(new Error(`The answer was not a sound 200: ${reason}`));
      };
      const ask = () => {
        asked += 1;
        askedAtMs = performance.now();
        socket.write(bytes);
      };
      socket.on('connect', ask);
      socket.on('error', reject);
      socket.on('end', () => fail('the connection was closed'));
      watchAnswers(socket, {
        onFirstByte: () => void firstBytes.push(performance.now() - askedAtMs),
        onEnd: (closes) => {
          const now = performance.now();
          latencies.push(now - askedAtMs);
          const isDone = asked >= order.requestsEach || now >= stopAtMs;
          if (!isDone && !closes) return ask();
          socket.destroy();
          if (isDone) resolve();
          else open();
        },
        onBroken: fail,
      });
    };
    open();
  });
}

function percentileUs(sortedMs: readonly number[], share: number): number {
  return 1000 * (sortedMs[Math.min(sortedMs.length - 1, Math.floor(sortedMs.length * share))] ?? 0);
}

async function runLoad(order: LoadOrder): Promise<LoadResult> {
  const bytes = requestBytes(order);
  const latencies: number[] = [];
  const firstBytes: number[] = [];
  const startedAtMs = performance.now();
  const stopAtMs = startedAtMs + order.durationMs;
  await Promise.all(
    Array.from({ length: order.connections }, () => runConnection(order, bytes, stopAtMs, latencies, firstBytes)),
  );
  const elapsedMs = performance.now() - startedAtMs;
  latencies.sort((a, b) => a - b);
  firstBytes.sort((a, b) => a - b);
  return {
    requests: latencies.length,
    elapsedMs,
    p50Us: percentileUs(latencies, 0.5),
    p99Us: percentileUs(latencies, 0.99),
    firstByteP50Us: percentileUs(firstBytes, 0.5),
  };
}

process.on('message', (order: LoadOrder) => {
  runLoad(order).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());
