/** What a person typed reaches the gateway, and Electron's own flags do not. */
import { expect, test } from 'vitest';
import { gatewayArguments, readShellArguments } from '../../../electron/shell-arguments.ts';

test('only what follows the separator is for the gateway', () => {
  const args = readShellArguments(['electron', '--no-sandbox', '--json', '.', '--', 'start', '--port', '0', '--json']);
  expect(args).toEqual({ command: 'start', flags: ['--port', '0', '--json'], json: true });
  expect(gatewayArguments(args, false)).toEqual(['start', '--handover', '--port', '0', '--json', '--control-port', '0']);
});

test.each([[['Gatehouse']], [['Gatehouse', '--', 'serve']], [['Gatehouse', '--']]])('%j serves without making a key', (argv) => {
  expect(readShellArguments(argv)).toEqual({ command: 'serve', flags: [], json: false });
});

test('flags alone are taken as flags', () => {
  expect(readShellArguments(['x', '--', '--data', 'd'])).toMatchObject({ command: 'serve', flags: ['--data', 'd'] });
});

test.each([
  [['--control-port', '9'], false],
  [['--control-port=9'], false],
  [[], true],
])('a control port that was chosen (%j, in the environment: %s) is not chosen again', (flags, inEnvironment) => {
  const args = { command: 'serve', flags, json: false } as const;
  expect(gatewayArguments(args, inEnvironment)).toEqual(['serve', '--handover', ...flags]);
});
