/**
 * A conformance suite, llmprobe, measures the gateway before a scripted OpenAI: `node test/agents/llmprobe.ts`. Its report counts
 * what an engine MUST do, on every surface: chat and completions as the provider gives them, responses and messages translated.
 * What it says of the model (capability, agentic, fidelity) says nothing here: the scripted one knows nothing.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { probeModel, probeScript } from '../support/probe-model.ts';
import { startScriptedUpstream } from '../support/scripted-upstream.ts';
import { startGateway } from '../support/start-gateway.ts';
import { type Agent, installAgent, runProgram } from './install-agent.ts';

export const llmprobe: Agent = { name: 'llmprobe', version: '0.6.12', program: 'llmprobe' };

const named = z.looseObject({ name: z.string() });
const reportSchema = z.object({
  conformance: z.object({
    passed: z.number(),
    total: z.number(),
    bySurface: z.array(z.object({ surface: z.string(), passed: z.number(), total: z.number() })),
    inconclusive: z.array(named),
    warnings: z.array(z.unknown()),
    results: z.array(named.extend({ outcome: z.string(), failures: z.array(z.unknown()) })),
  }),
});
export type ProbeReport = z.infer<typeof reportSchema>['conformance'];

/** @param command the program's path  @throws Error with its words when it makes no report */
export async function probeGateway(command: string): Promise<ProbeReport> {
  const home = mkdtempSync(join(tmpdir(), 'gatehouse-llmprobe-'));
  const file = join(home, 'report.json');
  await using upstream = await startScriptedUpstream(probeScript);
  await using gateway = await startGateway({
    config: { version: 1, providers: [{ id: 'lab', kind: 'openai-compatible', baseUrl: upstream.baseUrl }] },
  });
  try {
    const target = [`${gateway.url}/v1`, '-k', gateway.clientKey, '-m', `lab/${probeModel}`];
    const finished = await runProgram(command, [...target, '--no-bench', '--no-save', '--save', file], {
      folder: home,
      environment: { PATH: process.env.PATH, HOME: home, NO_COLOR: '1' },
      timeoutMs: 120_000,
    });
    if (finished.code === null) throw new Error(`llmprobe never ended: ${finished.stdout.slice(-500)}`);
    return reportSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).conformance;
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function run(): Promise<void> {
  const report = await probeGateway(await installAgent(llmprobe));
  for (const { surface, passed, total } of report.bySurface) process.stdout.write(`${surface.padEnd(14)}${passed}/${total}\n`);
  for (const { name } of report.inconclusive) process.stdout.write(`not exercised by this model: ${name}\n`);
  for (const warning of report.warnings) process.stdout.write(`SHOULD: ${JSON.stringify(warning)}\n`);
  const failed = report.results.filter(({ outcome }) => outcome === 'fail');
  for (const { name, failures } of failed) process.stdout.write(`FAILED ${name}: ${JSON.stringify(failures)}\n`);
  process.stdout.write(`${report.passed} of ${report.total}\n`);
  process.exitCode = report.passed === report.total ? 0 : 1;
}

if (import.meta.main) await run();
