/** Holds the addresses, variables and commands on Home to what a shell and the gateway accept. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import {
  baseUrlOf,
  clientKinds,
  type ConnectFacts,
  environmentOf,
  exampleCommand,
} from '../../../../renderer/components/client-kinds.ts';

const origin = 'http://127.0.0.1:4283';
const facts: ConnectFacts = { origin, model: "lab/it's $(touch x) `y`", requireKey: true, key: 'llmgw_abc' };

function runInShell(script: string): string[] {
  return execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).trimEnd().split('\n');
}

const argumentsOfCurl = (command: string) => runInShell(`curl() { printf '%s\\n' "$@"; }\n${command}`);

test.each([
  ['openai', '/v1/chat/completions', 'Authorization: Bearer llmgw_abc'],
  ['anthropic', '/v1/messages', 'x-api-key: llmgw_abc'],
  ['gemini', "/v1beta/models/lab/it's%20%24(touch%20x)%20%60y%60:generateContent", 'x-goog-api-key: llmgw_abc'],
  ['ollama', '/api/chat', 'Authorization: Bearer llmgw_abc'],
] as const)('a shell reads the command for %s as one request, whatever the model is called', (kind, path, key) => {
  const [address, ...rest] = argumentsOfCurl(exampleCommand(kind, facts));
  expect([address, rest[1], rest.at(-2)]).toEqual([origin + path, key, '-d']);
  expect(rest).toContain('Content-Type: application/json');
  const body: unknown = JSON.parse(rest.at(-1) ?? '');
  expect(JSON.stringify([address, body])).toContain(kind === 'gemini' ? 'Hello' : JSON.stringify(facts.model).slice(1, -1));
});

test('only OpenAI’s programs are given an address with a version', () => {
  expect(clientKinds.map((kind) => baseUrlOf(kind, origin))).toEqual([`${origin}/v1`, origin, origin, origin]);
});

test.each(clientKinds)('a shell takes over the variables of %s', (kind) => {
  const script = environmentOf(kind, facts);
  const names = [...script.matchAll(/export (\w+)=/g)].map(([, name]) => name);
  expect(runInShell(`${script}\nprintenv ${names.join(' ')}`)).toEqual([baseUrlOf(kind, origin), 'llmgw_abc']);
});

test('without a key of its own everything names a variable, and where none is asked for a command has none', () => {
  for (const kind of clientKinds) {
    expect(exampleCommand(kind, { ...facts, key: null })).toContain('$GATEHOUSE_CLIENT_KEY"');
    expect(environmentOf(kind, { ...facts, key: null })).toContain('"$GATEHOUSE_CLIENT_KEY"');
    const open = exampleCommand(kind, { ...facts, requireKey: false });
    expect(open).not.toMatch(/llmgw|Authorization|api-key/);
  }
});
