/**
 * An upstream that costs as little as it can: a fixed JSON answer of about 1 KB, or a stream of N tokens, one each gap.
 * The model's name says which: `json`, `stream-<tokens>-<gap in ms>`. The first line of stdout is its port.
 */
import { createServer, type AddressInfo, type Socket } from 'node:net';

const created = 1_763_600_000;
const usage = { prompt_tokens: 900, completion_tokens: 150, total_tokens: 1050 };

function wholeAnswer(): Buffer {
  const message = { role: 'assistant', content: 'All happy answers are alike. '.repeat(24), refusal: null };
  const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }];
  const body = JSON.stringify({ id: 'chatcmpl-bench', object: 'chat.completion', created, model: 'json', choices, usage });
  return Buffer.from(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
}

function chunkOf(data: string): string {
  const event = `data: ${data}\n\n`;
  return `${event.length.toString(16)}\r\n${event}\r\n`;
}

function eventOf(choices: readonly object[], more: object = {}): string {
  return chunkOf(
    JSON.stringify({ id: 'chatcmpl-bench', object: 'chat.completion.chunk', created, model: 'stream', choices, ...more }),
  );
}

const whole = wholeAnswer();
const streamHead = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n';
const token = Buffer.from(eventOf([{ index: 0, delta: { content: ' token' }, finish_reason: null }]));
const firstToken = Buffer.concat([Buffer.from(streamHead), token]);
const lastEvents = [eventOf([{ index: 0, delta: {}, finish_reason: 'stop' }]), eventOf([], { usage }), chunkOf('[DONE]')];
const streamEnd = Buffer.from(`${lastEvents.join('')}0\r\n\r\n`);

interface LiveStream {
  readonly socket: Socket;
  left: number;
}

/** Streams of one gap take turns: each millisecond of the gap has those that began in it. */
const wheels = new Map<number, LiveStream[][]>();

function wheelOf(gapMs: number): LiveStream[][] {
  const known = wheels.get(gapMs);
  if (known) return known;
  const wheel: LiveStream[][] = Array.from({ length: gapMs }, () => []);
  wheels.set(gapMs, wheel);
  let turn = 0;
  setInterval(() => {
    // A late timer makes up for the turns that it missed, so that the pace holds under load.
    const now = Math.floor(performance.now());
    turn = Math.max(turn, now - gapMs);
    for (; turn < now; turn += 1) wheel[turn % gapMs] = sendTokens(wheel[turn % gapMs] ?? []);
  }, 1);
  return wheel;
}

function sendTokens(streams: LiveStream[]): LiveStream[] {
  for (const stream of streams) {
    stream.left -= 1;
    stream.socket.write(stream.left > 0 ? token : streamEnd);
  }
  return streams.filter(({ left, socket }) => left > 0 && !socket.destroyed);
}

function beginStream(socket: Socket, tokens: number, gapMs: number): void {
  if (tokens === 1 || gapMs === 0) {
    socket.write(Buffer.concat([firstToken, ...Array.from({ length: tokens - 1 }, () => token), streamEnd]));
    return;
  }
  socket.write(firstToken);
  wheelOf(gapMs)[Math.floor(Math.random() * gapMs)]?.push({ socket, left: tokens });
}

function answer(socket: Socket, opening: string): void {
  const stream = /"stream-(\d+)-(\d+)"/.exec(opening);
  if (stream) beginStream(socket, Number(stream[1]), Number(stream[2]));
  else socket.write(whole);
}

/** Reads only what it must: where the body ends, and its first bytes. */
function serve(socket: Socket): void {
  let opening = '';
  let missing = 0;
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    if (missing === 0) {
      opening += chunk.toString('latin1', 0, 2048);
      const headEnd = opening.indexOf('\r\n\r\n');
      if (headEnd < 0) return;
      const length = /content-length: *(\d+)/i.exec(opening)?.[1];
      missing = Number(length) - (chunk.length - headEnd - 4);
    } else {
      if (opening.length < 2048) opening += chunk.toString('latin1', 0, 2048);
      missing -= chunk.length;
    }
    if (missing > 0) return;
    answer(socket, opening);
    opening = '';
    missing = 0;
  });
}

const server = createServer(serve);
server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, () =>
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`),
);
