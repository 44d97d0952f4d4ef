/** A real coding agent, installed outside this project, does its work through the gateway. */
import { expect, test } from 'vitest';
import { checkOpencode, opencode } from '../agents/opencode.ts';
import { installAgent } from '../agents/install-agent.ts';

test('opencode writes a file in a tool loop through the gateway, and its requests are in the log', {
  timeout: 300_000,
}, async (context) => {
  context.skip(process.platform === 'win32', 'not on this platform: npm programs are started differently on Windows');
  const command = await installAgent(opencode).catch((error: unknown) => String(error));
  context.skip(!command.includes(opencode.version), command);
  const checks = await checkOpencode(command);
  expect(checks.length).toBeGreaterThan(5);
  expect(checks.filter(({ passed }) => !passed)).toEqual([]);
});
