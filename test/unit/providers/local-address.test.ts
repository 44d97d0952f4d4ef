/** Which servers are near: those may need minutes to load a model. */
import { expect, test } from 'vitest';
import { isLocalHost } from '../../../gateway/providers/local-address.ts';

const hostOf = (authority: string) => new URL(`http://${authority}/v1`).hostname;

test.each([
  'localhost:11434',
  'LOCALHOST.',
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0.0.0.0',
  '[::1]:8080',
  '[::]',
  '10.1.2.3',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.20:8000',
  '169.254.3.4',
  '100.64.0.1',
  '100.127.255.1',
  '[fd12:3456::1]',
  '[fe80::1]',
  'gpu-box',
  'gpu.local',
  'ollama.lan',
  'host.docker.internal',
])('%s is near', (authority) => {
  expect(isLocalHost(hostOf(authority))).toBe(true);
});

test.each([
  'api.openai.com',
  'openrouter.ai',
  '8.8.8.8',
  '172.32.0.1',
  '172.15.0.1',
  '192.169.0.1',
  '100.128.0.1',
  '100.63.0.1',
  '[2606:4700::1111]',
  '10.example.com',
  'localhost.example.com',
])('%s is far', (authority) => {
  expect(isLocalHost(hostOf(authority))).toBe(false);
});
