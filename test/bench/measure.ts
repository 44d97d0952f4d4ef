/** One round of measurements on one target. */
import { setTimeout as delay } from 'node:timers/promises';
import type { LoadOrder, LoadResult } from './load.ts';
import { cpuUs, type Load, rssMb, type Target } from './processes.ts';

/** How long each part of a round runs. */
export interface RoundSize {
  readonly phaseMs: number;
  readonly tokensPerStream: number;
}

/** What one round found. CPU and times are microseconds, memory MB. */
export interface Round {
  cpuC16: number;
  cpuC64: number;
  throughputC16: number;
  p99C64: number;
  p50C1: number;
  firstByte: number;
  cpuToken: number;
  /** The same upstream's stream for a client of Anthropic's; on a target that translates nothing, as it comes. */
  cpuTranslatedToken: number;
  cpuLargeBody: number;
}

const gapMs = 20;
const streams = 256;
const largeBodyBytes = 256 * 1024;
const unlimited = Number.MAX_SAFE_INTEGER;

function orderFor(target: Target, model: string, part: Partial<LoadOrder>): LoadOrder {
  const base = {
    stream: model.startsWith('stream'),
    format: 'openai-chat' as const,
    bodyBytes: 1024,
    connections: 1,
    requestsEach: unlimited,
    durationMs: unlimited,
  };
  return { ...base, port: target.port, key: target.key, model: target.modelPrefix + model, ...part };
}

/** CPU microseconds that the target spent on a piece of load. */
async function costOf(target: Target, load: Load, order: LoadOrder): Promise<LoadResult & { cpu: number }> {
  const before = cpuUs(target.processId);
  const result = await load.run(order);
  return { ...result, cpu: cpuUs(target.processId) - before };
}

/** The two latencies at concurrency 1, which are also measured without anything in between. */
export async function measureLatency(target: Target, load: Load, size: RoundSize): Promise<Pick<Round, 'p50C1' | 'firstByte'>> {
  const whole = await load.run(orderFor(target, 'json', { durationMs: size.phaseMs / 2 }));
  const streamed = await load.run(orderFor(target, 'stream-2-5', { durationMs: size.phaseMs / 2 }));
  return { p50C1: whole.p50Us, firstByte: streamed.firstByteP50Us };
}

function streamsOrder(target: Target, tokens: number): LoadOrder {
  return orderFor(target, `stream-${tokens}-${gapMs}`, { connections: streams, requestsEach: 1 });
}

export async function measureRound(target: Target, load: Load, size: RoundSize): Promise<Round> {
  const c16 = await costOf(target, load, orderFor(target, 'json', { connections: 16, durationMs: size.phaseMs }));
  const c64 = await costOf(target, load, orderFor(target, 'json', { connections: 64, durationMs: size.phaseMs }));
  const latency = await measureLatency(target, load, size);
  const streamed = await costOf(target, load, streamsOrder(target, size.tokensPerStream));
  const { translates } = target;
  const asAnthropic = { ...streamsOrder(target, size.tokensPerStream), format: 'anthropic-messages' } as const;
  const translated = translates ? await costOf(target, load, asAnthropic) : streamed;
  const large = await costOf(
    target,
    load,
    orderFor(target, 'json', { connections: 4, bodyBytes: largeBodyBytes, durationMs: size.phaseMs }),
  );
  return {
    cpuC16: c16.cpu / c16.requests,
    cpuC64: c64.cpu / c64.requests,
    throughputC16: (1000 * c16.requests) / c16.elapsedMs,
    p99C64: c64.p99Us,
    ...latency,
    cpuToken: streamed.cpu / (streams * size.tokensPerStream),
    cpuTranslatedToken: translated.cpu / (streams * size.tokensPerStream),
    cpuLargeBody: large.cpu / large.requests,
  };
}

/** A fresh process: milliseconds until its first answer has arrived, its memory when it then rests, and with 256 streams. */
export interface FreshProcess {
  readonly startMs: number;
  readonly rssIdle: number;
  readonly rssStreams: number;
}

const settleMs = 500;
const tokensForMemory = 60;

export async function measureFreshProcess(begin: () => Promise<Target>, load: Load): Promise<FreshProcess> {
  const startedAtMs = performance.now();
  const target = await begin();
  await load.run(orderFor(target, 'json', { requestsEach: 1 }));
  const startMs = performance.now() - startedAtMs;
  await delay(settleMs);
  const rssIdle = rssMb(target.processId);
  const streaming = load.run(streamsOrder(target, tokensForMemory));
  await delay((tokensForMemory * gapMs * 3) / 4);
  const rssStreams = rssMb(target.processId);
  await streaming;
  await target.stop();
  return { startMs, rssIdle, rssStreams };
}
