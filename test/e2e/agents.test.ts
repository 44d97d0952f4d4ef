/** Real coding agents, installed outside this project, do their work through the gateway at upstreams of other dialects. */
import { expect, test } from 'vitest';
import { type Agent, installAgent } from '../agents/install-agent.ts';
import { llmprobe, probeGateway } from '../agents/llmprobe.ts';
import { programs } from '../agents/programs.ts';
import { runAgent } from '../agents/run-agent.ts';
import type { UpstreamName } from '../support/agent-model/index.ts';

/** Program, the model it asks for, and upstreams: what `npm run agents` does, as far as a few minutes reach. */
const pairs: readonly (readonly [program: string, protocol: string, model: string, upstream: UpstreamName])[] = [
  ['claude', 'anthropic-messages', 'coder', 'gemini'],
  ['claude', 'anthropic-messages', 'coder', 'responses'],
  ['claude', 'anthropic-messages', 'claude-sonnet-4-5', 'ollama'],
  ['codex', 'openai-responses', 'coder', 'anthropic'],
  ['codex', 'openai-responses', 'gpt-6-astra', 'gemini'],
  ['codex', 'openai-responses', 'gpt-6-astra', 'chat'],
  ['gemini', 'gemini', 'gemini-2.5-flash', 'anthropic'],
  ['gemini', 'gemini', 'gemini-2.5-flash', 'responses'],
  ['opencode', 'openai-chat', 'coder', 'anthropic'],
  ['opencode', 'gemini', 'coder', 'responses'],
];

interface Skippable {
  skip(condition: boolean, reason: string): void;
}

/** @returns the program's path; skips where it cannot be had */
async function commandOf(agent: Agent, context: Skippable): Promise<string> {
  context.skip(process.platform === 'win32', 'not on this platform: npm programs are started differently on Windows');
  const command = await installAgent(agent).catch((error: unknown) => String(error));
  context.skip(!command.includes(agent.version), `not on this machine: ${command}`);
  return command;
}

test.for(pairs)(
  '%s writes files in a tool loop in %s as %s, though the upstream speaks another dialect: %s',
  {
    timeout: 300_000,
  },
  async ([name, protocol, model, upstream], context) => {
    const program = programs.find(
      (one) => one.agent.program === name && one.protocol === protocol && one.model === model && !one.readsPictures,
    );
    if (!program) throw new Error(`${name} is not in the table of programs`);
    const { problems, rows } = await runAgent(program, await commandOf(program.agent, context), upstream);
    expect(problems).toEqual([]);
    expect(rows.every((row) => row.provider === upstream && row.dialect === protocol)).toBe(true);
  },
);

test('Claude Code reads pictures in calls at once, and a provider that takes none in results gets them behind all of those', {
  timeout: 300_000,
}, async (context) => {
  const program = programs.find((one) => one.agent.program === 'claude' && one.readsPictures);
  if (!program) throw new Error('Claude Code is not in the table of programs');
  const { problems } = await runAgent(program, await commandOf(program.agent, context), 'chat');
  expect(problems).toEqual([]);
});

test('a conformance suite finds nothing that the gateway must do and does not', { timeout: 300_000 }, async (context) => {
  const report = await probeGateway(await commandOf(llmprobe, context));
  const failed = report.results.filter(({ outcome }) => outcome === 'fail');
  expect(failed).toEqual([]);
  expect(report.passed).toBe(report.total);
  const surfaces = report.bySurface.map(({ surface }) => surface);
  expect(surfaces).toEqual(['models', 'chat', 'responses', 'messages', 'count-tokens', 'embeddings', 'completions']);
});
