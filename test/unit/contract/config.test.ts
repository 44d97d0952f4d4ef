/** The config document: what it refuses, and that it names the place. */
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../gateway/contract/config.ts';

function problemsOf(document: Record<string, unknown>): readonly string[] {
  const parsed = parseConfig({ version: 1, ...document });
  return parsed.ok ? [] : parsed.problems.map(({ path, message }) => `${path}: ${message}`);
}

const lab = (baseUrl: string) => ({ providers: [{ id: 'lab', kind: 'openai-compatible', baseUrl }] });

describe('a provider that is this gateway itself is refused, so that no request goes round in a circle', () => {
  test.each([
    'http://127.0.0.1:4283/v1',
    'http://localhost:4283',
    'http://localhost.:4283',
    'http://[::1]:4283/v1',
    'http://2130706433:4283',
    'http://0x7f.1:4283',
    'http://0.0.0.0:4283',
  ])('%s', (baseUrl) => {
    expect(problemsOf(lab(baseUrl))).toEqual([expect.stringMatching(/^providers\.0\.baseUrl: is this gateway's own address/)]);
  });

  test.each(['http://127.0.0.1:4284/v1', 'http://127.0.0.1', 'http://example.com:4283/v1'])('%s is somebody else', (baseUrl) => {
    expect(problemsOf(lab(baseUrl))).toEqual([]);
  });

  test('also on the port of the Ollama door, where a kind stands at by itself', () => {
    const listen = { ollama: { port: 11434, client: 'editor' } };
    const circle = expect.stringMatching(/^providers\.0\.baseUrl: is this gateway's own address/);
    expect(problemsOf({ listen, providers: [{ id: 'ollama', kind: 'ollama' }] })).toEqual([circle]);
    expect(problemsOf({ listen, ...lab('http://localhost:11434/v1') })).toEqual([circle]);
    expect(problemsOf({ listen, providers: [{ id: 'ollama', kind: 'ollama', baseUrl: 'http://127.0.0.1:11435' }] })).toEqual([]);
  });
});

describe('what is wrong with the Ollama door or a prewarmed model is told by its place', () => {
  const providers = [
    { id: 'near', kind: 'ollama' },
    { id: 'demo', kind: 'demo' },
  ];

  test.each<[object, readonly string[]]>([
    [{ listen: { ollama: { port: 4283, client: 'editor' } } }, ['listen.ollama.port: must be another port than listen.port']],
    [{ listen: { ollama: { port: 11435 } } }, ['listen.ollama.client: is missing']],
    [{ prewarm: [{ model: 'near/m' }] }, ['prewarm.0: needs at, clients or both: when is it to be loaded?']],
    [{ prewarm: [{ model: 'm', at: ['08:00'] }] }, ['prewarm.0.model: must be provider/model']],
    [{ prewarm: [{ model: 'near/m', at: ['8:00'] }] }, ['prewarm.0.at.0: must be a time of day such as 22:00']],
    [{ prewarm: [{ model: 'demo/hello', at: ['08:00'] }] }, ['prewarm.0.model: must be a model of an Ollama']],
    [{ prewarm: [{ model: 'near/m', at: ['08:00'], clients: ['editor'], days: ['mon'], keepAliveMinutes: 600 }] }, []],
  ])('%j', (change, problems) => {
    expect(problemsOf({ providers, ...change })).toEqual(problems);
  });
});

test.each([
  [{ listen: { porrt: 1 } }, 'listen.porrt: is not a known setting'],
  [
    { providers: [{ id: 'a', kind: 'openai', keys: ['sk-123'] }] },
    'providers.0.keys.0: must be vault:<name> or env:<NAME>; a key itself is never written into the config',
  ],
  [
    { providers: [{ id: 'a', kind: 'openai', keys: [{ ref: 'sk-123' }] }] },
    'providers.0.keys.0.ref: must be vault:<name> or env:<NAME>; a key itself is never written into the config',
  ],
  [
    { providers: [{ id: 'a', kind: 'openai', keys: [{ ref: 'env:A', weight: 101 }] }] },
    'providers.0.keys.0.weight: must be at most 100',
  ],
  [
    { providers: [{ id: 'a', kind: 'openai', keys: ['env:A', { ref: 'env:A', weight: 2 }] }] },
    'providers.0.keys: env:A is named twice; give it a weight instead',
  ],
  [
    { providers: [{ id: 'a', kind: 'openai', keys: [7] }] },
    'providers.0.keys.0: must be a reference (vault:<name> or env:<NAME>), or {"ref": …, "weight": 1 to 100}',
  ],
  [{ providers: [{ id: 'a', kind: 'azure-openai' }] }, 'providers.0.baseUrl: is required for kind azure-openai'],
  [
    { providers: [{ id: 'a', kind: 'azure-openai', baseUrl: 'https://r.openai.azure.com', apiVersion: 'latest' }] },
    'providers.0.apiVersion: must be a date such as 2024-10-21, or one with -preview',
  ],
  [
    { providers: [{ id: 'a', kind: 'openai', apiVersion: '2024-10-21' }] },
    'providers.0.apiVersion: is not a setting of kind openai',
  ],
  [{ providers: [{ id: 'a', kind: 'demo', baseUrl: 'http://h' }] }, 'providers.0.baseUrl: the demo provider has no address'],
  [
    {
      providers: [
        { id: 'a', kind: 'demo' },
        { id: 'a', kind: 'demo' },
      ],
    },
    'providers.1.id: "a" is used twice; every provider needs an id of its own',
  ],
  [{ providers: [{ id: 'a', kind: 'openai-compatible' }] }, 'providers.0.baseUrl: is required for kind openai-compatible'],
  [
    { providers: [{ id: 'a', kind: 'openai', baseUrl: 'https://me:secret@example.com' }] },
    'providers.0.baseUrl: must not hold a user name or password; put the key under keys',
  ],
  [
    { aliases: { 'a/b': { targets: ['demo/hello'] } } },
    'aliases.a/b: an alias must not hold a slash; that form names provider/model',
  ],
  [
    { listen: { allowedOrigins: ['http://localhost:5173/'] } },
    'listen.allowedOrigins.0: must be an exact origin such as http://localhost:5173',
  ],
  [
    { providers: [{ id: 'demo', kind: 'demo', timeouts: { totalMs: 9 } }] },
    'providers.0.timeouts.totalMs: is not a known setting',
  ],
  [{ policy: { rules: [{ use: 'demo/hello' }] } }, 'policy.rules.0.name: is missing'],
  [
    { policy: { rules: [{ name: 'a' }] } },
    'policy.rules.0.use: does nothing yet: give it one of use, deny, pin, parameters, limits, fallbacks, shadow',
  ],
])('%j is refused at its place', (document, problem) => {
  expect(problemsOf(document)).toContain(problem);
});

test("a provider's own timer leaves the common ones in place", () => {
  const parsed = parseConfig({
    version: 1,
    timeouts: { firstByteMs: 7 },
    providers: [{ id: 'demo', kind: 'demo', timeouts: { idleMs: 9 } }],
  });
  expect(parsed.ok && parsed.config.providers[0]?.timeouts).toEqual({ idleMs: 9 });
  expect(parsed.ok && parsed.config.timeouts.firstByteMs).toBe(7);
});

test('a kind that does not exist is told by its name, with those that do', () => {
  const document = { version: 1, providers: [{ id: 'lab', kind: 'open-ai' }] };
  const parsed = parseConfig(document);
  expect(parsed).toMatchObject({ ok: false });
  const [problem] = parsed.ok ? [] : parsed.problems;
  expect(problem?.path).toBe('providers.0.kind');
  expect(problem?.message).toMatch(/^"open-ai" is not a kind of provider; kinds are openai, anthropic, gemini, /);
});
