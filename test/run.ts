/** `npm test`: type-check, lint, format and every test, ending with one line that counts them: `N passed, N failed`. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { TestCase, TestModule } from 'vitest/node';

/** What a run came to. A skip is named; its reason says whether this machine could have run it. */
interface Tally {
  passed: number;
  readonly failures: string[];
  skips: { readonly name: string; readonly reason: string }[];
}

const root = join(import.meta.dirname, '..');
/** What neither this kind of system nor anything setup can fetch would run; a skip for another reason fails in CI. */
const excusedSkip = /^not on this (?:platform|machine):/;

const { values: options, positionals: filters } = parseArgs({
  options: { full: { type: 'boolean', default: false } },
  allowPositionals: true,
});

const tally: Tally = { passed: 0, failures: [], skips: [] };

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Runs a tool on this Node and counts it as one check. */
function check(name: string, script: string, ...args: string[]): void {
  const startedAtMs = performance.now();
  const ended = spawnSync(process.execPath, [join(root, script), ...args], { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20 });
  const passed = ended.status === 0;
  if (!passed) say(`${ended.stdout}${ended.stderr}`.trimEnd());
  say(`${passed ? 'passed' : 'FAILED'}  ${name} (${Math.round(performance.now() - startedAtMs)} ms)`);
  if (passed) tally.passed += 1;
  else tally.failures.push(name);
}

function count(test: TestCase): void {
  const result = test.result();
  const name = `${test.module.relativeModuleId} > ${test.fullName}`;
  if (result.state === 'passed') tally.passed += 1;
  else if (result.state === 'skipped') tally.skips.push({ name, reason: result.note ?? 'no reason given' });
  else tally.failures.push(name);
}

/** A file that could not be read or whose hooks failed has no failed test of its own, yet it failed. */
function countModule(module: TestModule): void {
  const failuresBefore = tally.failures.length;
  for (const test of module.children.allTests()) count(test);
  if (module.state() === 'failed' && tally.failures.length === failuresBefore) tally.failures.push(module.relativeModuleId);
}

/** Errors come over from another process, some of them without a prototype, which no string can be made of. */
function wordsOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error) return `${error.message}`;
  return JSON.stringify(error);
}

async function runTests(): Promise<void> {
  const { startVitest } = await import('vitest/node');
  const vitest = await startVitest('test', filters, { root, watch: false, reporters: ['default'] });
  const testModules = vitest.state.getTestModules();
  for (const module of testModules) countModule(module);
  for (const error of vitest.state.getUnhandledErrors()) tally.failures.push(`an error nobody caught: ${wordsOf(error)}`);
  if (testModules.length === 0) tally.failures.push('no test was found');
  await vitest.close();
}

function failUnexcusedSkips(): void {
  if (process.env.CI !== 'true') return;
  const isExcused = (reason: string) => excusedSkip.test(reason);
  for (const { name, reason } of tally.skips) {
    if (!isExcused(reason)) tally.failures.push(`${name} was skipped, and CI could have run it: ${reason}`);
  }
  tally.skips = tally.skips.filter(({ reason }) => isExcused(reason));
}

function conclude(): void {
  failUnexcusedSkips();
  for (const { name, reason } of tally.skips) say(`skipped: ${name} (${reason})`);
  for (const failure of tally.failures) say(`failed: ${failure}`);
  const skipped = tally.skips.length > 0 ? `, ${tally.skips.length} skipped` : '';
  say(`${tally.passed} passed, ${tally.failures.length} failed${skipped}`);
  process.exitCode = tally.failures.length > 0 ? 1 : 0;
}

// Vitest chooses its colours when it is loaded, so this comes before.
if (!process.stdout.isTTY) process.env.NO_COLOR = '1';
if (options.full) process.env.GATEHOUSE_TEST_SIZE = 'full';
process.env.GATEHOUSE_TEST_PROGRAM = 'dist/gateway/main.js';
check('types', 'node_modules/typescript/bin/tsc', '-b');
check('lint', 'node_modules/oxlint/bin/oxlint');
check('format', 'node_modules/@biomejs/biome/bin/biome', 'format');
await runTests();
if (options.full) check('performance targets', 'test/bench/run.ts', '--assert');
conclude();
