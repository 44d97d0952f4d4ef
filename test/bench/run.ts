/**
 * `npm run bench`: what Gatehouse costs beside a bare passthrough, in one run on one machine. Only ratios mean anything.
 * Flags: `--quick` (under a minute, rough), `--rounds N`, `--without-budget` (else every request is held to a hard one), `--assert`
 * (exit 1 when a target is missed), `--out FILE` (JSON).
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { measureDecisions } from './decision-speed.ts';
import { measureFreshProcess, measureLatency, measureRound, type Round } from './measure.ts';
import { makeGatewayHome, pinning, startGatehouse, startLoad, startRaw, startUpstream } from './processes.ts';
import { judge, median, printTable, type Sample } from './table.ts';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    assert: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    'without-budget': { type: 'boolean', default: false },
    out: { type: 'string' },
  },
});
const size = options.quick ? { phaseMs: 1000, tokensPerStream: 60 } : { phaseMs: 2500, tokensPerStream: 150 };
const rounds = Number(options.rounds ?? (options.quick ? 2 : 7));

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function measureStarts(samples: Sample[]): Promise<void> {
  const first = await startGatehouse(home);
  await first.stop();
  for (let round = 0; round < rounds; round += 1) {
    const raw = await measureFreshProcess(() => startRaw(upstream), load);
    const gatehouse = await measureFreshProcess(() => startGatehouse(home), load);
    samples.push({ kind: 'start', raw, gatehouse });
  }
}

/** Both run all the time and take turns, so that a slow moment of the machine meets both. */
async function measureRounds(samples: Sample[]): Promise<void> {
  const targets = { raw: await startRaw(upstream), gatehouse: await startGatehouse(home) };
  const warmUp = { ...size, phaseMs: options.quick ? 1500 : 3000 };
  for (const target of [targets.raw, targets.gatehouse]) await measureRound(target, load, warmUp);
  for (let number = 1; number <= rounds; number += 1) {
    const direct = await measureLatency(upstream, load, size);
    const found: { raw?: Round; gatehouse?: Round } = {};
    const order = number % 2 === 0 ? (['raw', 'gatehouse'] as const) : (['gatehouse', 'raw'] as const);
    for (const name of order) found[name] = await measureRound(targets[name], load, size);
    if (found.raw && found.gatehouse) samples.push({ kind: 'round', direct, raw: found.raw, gatehouse: found.gatehouse });
    say(`round ${number} of ${rounds}`);
  }
  await targets.raw.stop();
  await targets.gatehouse.stop();
}

const load = startLoad();
const upstream = await startUpstream();
const isBudgeted = !options['without-budget'];
const home = makeGatewayHome(upstream, isBudgeted);
const samples: Sample[] = [];
say(`Measuring ${rounds} rounds, ${isBudgeted ? 'each request held to a hard budget' : 'without a budget'}; ${pinning}.`);
await measureStarts(samples);
await measureRounds(samples);
await load.stop();
await upstream.stop();
for (let round = 0; round < rounds; round += 1) samples.push({ kind: 'decision', gatehouse: measureDecisions() });

const verdicts = judge(samples);
say(printTable(verdicts));
if (options.out) writeFileSync(options.out, `${JSON.stringify({ node: process.version, rounds, verdicts, samples }, null, 2)}\n`);
const missed = verdicts.filter((verdict) => verdict.reach !== null && median(verdict.values) > verdict.reach);
for (const { name } of missed) say(`missed: ${name}`);
process.exit(options.assert && missed.length > 0 ? 1 : 0);
