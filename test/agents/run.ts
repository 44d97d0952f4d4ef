/**
 * Real coding agents do a tool loop through the gateway to upstreams of other dialects: `npm run agents`, or
 * `npm run agents -- codex chat` for the rows whose words hold all of these. `--verbose` tells what a failed one said.
 */
import { type UpstreamName, upstreamNames } from '../support/agent-model/index.ts';
import { installAgent } from './install-agent.ts';
import { type Program, programs } from './programs.ts';
import { type AgentRun, runAgent } from './run-agent.ts';

interface Pair {
  readonly program: Program;
  readonly upstream: UpstreamName;
}

/** Every program with every upstream that does not speak its own dialect. */
function allPairs(): Pair[] {
  return programs.flatMap((program) =>
    upstreamNames.filter((upstream) => upstream !== program.own).map((upstream) => ({ program, upstream })),
  );
}

const wordsOf = ({ program: { agent, protocol, model, readsPictures }, upstream }: Pair) => [
  agent.program,
  agent.version,
  protocol,
  model,
  readsPictures ? 'reads' : 'writes',
  `→ ${upstream}`,
];

function print(cells: readonly string[]): void {
  const widths = [9, 10, 19, 18, 7, 12];
  process.stdout.write(`${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' ')}\n`);
}

function describe({ problems, rows, seconds }: AgentRun): string {
  const translated = `${rows.length} requests, ${seconds.toFixed(1)} s`;
  return problems.length === 0 ? `passed (${translated})` : `FAILED (${translated}): ${problems.join('; ')}`;
}

async function run(words: readonly string[], isVerbose: boolean): Promise<void> {
  const pairs = allPairs().filter((pair) => words.every((word) => wordsOf(pair).join(' ').includes(word)));
  let failures = 0;
  for (const pair of pairs) {
    try {
      const done = await runAgent(pair.program, await installAgent(pair.program.agent), pair.upstream);
      if (done.problems.length > 0) failures += 1;
      print([...wordsOf(pair), describe(done)]);
      if (isVerbose && done.problems.length > 0) process.stdout.write(`${JSON.stringify(done, null, 1)}\n`);
    } catch (error) {
      failures += 1;
      print([...wordsOf(pair), `NOT RUN: ${String(error)}`]);
    }
  }
  process.stdout.write(`${pairs.length - failures} of ${pairs.length} passed\n`);
  process.exitCode = failures === 0 && pairs.length > 0 ? 0 : 1;
}

const given = process.argv.slice(2);
await run(
  given.filter((word) => word !== '--verbose'),
  given.includes('--verbose'),
);
