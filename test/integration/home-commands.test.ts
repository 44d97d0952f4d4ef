/** The commands that Home offers, pasted into a shell: each kind of program gets an answer in its own words. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exampleCommand } from '../../renderer/components/client-kinds.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';

let gateway: RunningGateway;

beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const run = promisify(execFile);

test.each([
  ['openai', /"choices":\[.*"content":"[^"]/],
  ['anthropic', /"type":"message".*"text":"[^"]/],
  ['gemini', /"candidates":\[.*"text":"[^"]/],
  ['ollama', /"message":\{.*"content":"[^"]/],
] as const)('the command for %s brings an answer', async (kind, words) => {
  const command = exampleCommand(kind, { origin: gateway.url, model: 'demo/hello', requireKey: true, key: gateway.clientKey });
  const { stdout } = await run('/bin/sh', ['-c', command.replace('curl ', 'curl --silent --show-error --max-time 10 ')]);
  expect(stdout).toMatch(words);
});
