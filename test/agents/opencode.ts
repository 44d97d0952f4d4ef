/**
 * A real agent, opencode, does a whole tool loop through the real gateway: `node test/agents/opencode.ts`.
 * It is installed from npm into the system's temporary folder when it is not there yet (about 350 MB), gets a home of its own,
 * and works in a folder of its own. A scripted OpenAI calls its `write` tool; then `demo/tools` calls whatever tool it offers first.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Lab, labUsage, startLab } from '../support/lab.ts';
import { openAiScript } from '../support/openai-script.ts';
import { type Agent, type Finished, installAgent, runProgram } from './install-agent.ts';

export const opencode: Agent = { name: 'opencode-ai', version: '1.18.33', program: 'opencode' };

export interface AgentCheck {
  readonly what: string;
  readonly passed: boolean;
  /** What was found instead. */
  readonly found: unknown;
}

interface Workplace {
  readonly folder: string;
  readonly home: string;
}

/** Not called gpt: to those models opencode offers another tool for files. */
const labModel = 'lab/coder';
const noteText = 'Written by an agent through Gatehouse: ünï 🍏\n';
const answerText = 'The tool said: Wrote file successfully.';

/** Does both tool loops. @param command the program's path */
export async function checkOpencode(command: string): Promise<readonly AgentCheck[]> {
  const place = mkdtempSync(join(tmpdir(), 'gatehouse-opencode-'));
  const workplace = { folder: join(place, 'work'), home: join(place, 'home') };
  mkdirSync(workplace.folder);
  await using lab = await startLab();
  try {
    prepare(lab, workplace);
    return [...(await checkWriting(lab, command, workplace)), ...(await checkDemo(lab, command, workplace))];
  } finally {
    rmSync(place, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Its own config file, as a person writes it. */
function prepare(lab: Lab, { folder }: Workplace): void {
  const models = { 'demo/tools': { tool_call: true }, [labModel]: { tool_call: true } };
  const options = { baseURL: lab.baseUrl, apiKey: lab.clientKey };
  const provider = { gatehouse: { npm: '@ai-sdk/openai-compatible', options, models } };
  writeFileSync(join(folder, 'opencode.json'), JSON.stringify({ provider }));
}

function ask(command: string, model: string, { folder, home }: Workplace): Promise<Finished> {
  const environment = {
    PATH: process.env.PATH,
    HOME: home,
    OPENCODE_DISABLE_MODELS_FETCH: '1',
    OPENCODE_DISABLE_AUTOUPDATE: '1',
    OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
  };
  const parameters = ['run', 'Write the note.', '--auto', '--title', 'test', '--model', `gatehouse/${model}`];
  return runProgram(command, parameters, { folder, environment, timeoutMs: 60_000 });
}

/** A model that calls the agent's own tool to write a file, and answers with what the tool said. */
async function checkWriting(lab: Lab, command: string, workplace: Workplace): Promise<AgentCheck[]> {
  const file = join(workplace.folder, 'note.txt');
  lab.upstream.use(openAiScript({ toolName: 'write', toolArguments: { filePath: file, content: noteText } }));
  const finished = await ask(command, labModel, workplace);
  const written = existsSync(file) ? readFileSync(file, 'utf8') : null;
  const rows = await rowsOf(lab, labModel);
  const usages = rows.map(({ usage }) => usage);
  return [
    check('opencode ends well', finished.code === 0, finished),
    check('the file was written, word for word', written === noteText, written),
    check('the final answer was shown', finished.stdout.includes(answerText), finished.stdout),
    check('both requests are in the log as answered streams', areAnswered(rows), rows),
    check('and so are their tokens', isDeepStrictEqual(usages, [labUsage, labUsage]), usages),
  ];
}

/** The built-in demo calls the first tool it is offered and tells its result. */
async function checkDemo(lab: Lab, command: string, workplace: Workplace): Promise<AgentCheck[]> {
  const finished = await ask(command, 'demo/tools', workplace);
  const rows = await rowsOf(lab, 'demo/tools');
  return [
    check('with demo/tools opencode ends well', finished.code === 0, finished),
    check('and the tool loop is completed', /I called \w+, and it answered: /.test(finished.stdout), finished.stdout),
    check('and both requests are in the log as answered streams', areAnswered(rows), rows),
  ];
}

async function rowsOf(lab: Lab, requestedModel: string) {
  const { items } = await lab.gateway.call('requests.list', { limit: 50 });
  return items.filter((row) => row.requestedModel === requestedModel);
}

function areAnswered(rows: Awaited<ReturnType<typeof rowsOf>>): boolean {
  return rows.length === 2 && rows.every(({ state, stream, clientName }) => state === 'ok' && stream && clientName === 'test');
}

function check(what: string, passed: boolean, found: unknown): AgentCheck {
  return { what, passed, found: passed ? null : found };
}

async function run(): Promise<void> {
  const checks = await checkOpencode(await installAgent(opencode));
  for (const { what, passed, found } of checks) {
    process.stdout.write(`${passed ? 'passed' : `FAILED (${JSON.stringify(found)})`}  ${what}\n`);
  }
  const passed = checks.every((one) => one.passed);
  process.stdout.write(`${passed ? 'PASS' : 'FAIL'}\n`);
  process.exitCode = passed ? 0 : 1;
}

if (import.meta.main) await run();
