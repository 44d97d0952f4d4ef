/** What the gateway's process may know of the environment it is started from. */
import { expect, test } from 'vitest';
import { gatewayEnvironment } from '../../../electron/gateway-environment.ts';

test('nothing goes along that changes how a process runs, shows a display or is a secret handed over otherwise', () => {
  const withheld = [
    'NODE_OPTIONS',
    'NODE_PATH',
    'ELECTRON_RUN_AS_NODE',
    'LD_PRELOAD',
    'DYLD_INSERT_LIBRARIES',
    'DISPLAY',
    'CHROME_DESKTOP',
  ];
  const secrets = ['GATEHOUSE_KEY', 'GATEHOUSE_CONTROL_TOKEN', 'GATEHOUSE_NODE'];
  expect(gatewayEnvironment(Object.fromEntries([...withheld, ...secrets].map((name) => [name, 'x'])))).toEqual({});
});

test('what a config may name, and what the gateway reads itself, goes along', () => {
  const needed = {
    HOME: '/h',
    PATH: '/bin',
    OPENAI_API_KEY: 'k',
    HTTPS_PROXY: 'p',
    GATEHOUSE_DATA: 'd',
    GATEHOUSE_PORT: '1',
    NODE_EXTRA_CA_CERTS: 'c',
  };
  expect(gatewayEnvironment({ ...needed, EMPTY: undefined })).toEqual(needed);
});
