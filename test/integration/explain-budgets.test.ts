/** What an explanation tells of budgets: of a request of the log as they stood when they refused it, of a draft as they stand now. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GatewayConfigDocument } from '../../gateway/contract/config.ts';
import { type ReceivedRequest, type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';
import { type Answer, json } from '../support/upstream-answers.ts';

let upstream: ScriptedUpstream;
let gateway: RunningGateway;

const usage = { prompt_tokens: 20, completion_tokens: 100 };

function answer({ target, body }: ReceivedRequest): Answer {
  if (target.startsWith('/first') && body.includes('fail')) return json({ error: { message: 'no' } }, { status: 503 });
  const message = { role: 'assistant', content: 'yes' };
  return json({ choices: [{ index: 0, finish_reason: 'stop', message }], usage });
}

function configOf({ origin }: ScriptedUpstream): GatewayConfigDocument {
  const provider = (id: string) => ({
    id,
    kind: 'openai-compatible' as const,
    baseUrl: `${origin}/${id}/v1`,
    models: ['m'],
    forwards: true,
  });
  return {
    version: 1,
    providers: [provider('first'), provider('dear'), provider('unpriced')],
    aliases: { both: { targets: ['first/m', 'dear/m'] } },
    reliability: { attempts: 2 },
    prices: {
      overrides: {
        'first/m': { inputPerMillionUsd: 1, outputPerMillionUsd: 2 },
        'dear/m': { inputPerMillionUsd: 30, outputPerMillionUsd: 60 },
      },
    },
  };
}

beforeAll(async () => {
  upstream = await startScriptedUpstream(answer);
  gateway = await startGateway({ config: configOf(upstream) });
});

afterAll(async () => {
  await gateway?.stop();
  await upstream?.stop();
});

const newKey = (name: string, limitUsd: number) =>
  gateway.call('clients.create', { name, budgets: [{ period: 'day', limitUsd, mode: 'hard' }] });

const bodyOf = (model: string, content = 'short words', limit = 100) => ({
  model,
  max_tokens: limit,
  messages: [{ role: 'user', content }],
});

async function ask(key: string, body: object): Promise<{ id: string; status: number; attempts: string | null; text: string }> {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const { headers, status } = response;
  return { id: headers.get('x-request-id') ?? '', status, attempts: headers.get('x-gatehouse-attempts'), text };
}

const midnightMs = () => {
  const now = new Date();
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1).getTime();
};

test('a request that a budget refused tells which, how much was left, what was asked and when it begins anew, as it was then', async () => {
  const { id: client, key } = await newKey('poor', 0.000_4);
  // 20 read and 100 written.
  expect((await ask(key, bodyOf('first/m'))).status).toBe(200);
  const refused = await ask(key, bodyOf('first/m'));
  expect(refused.status).toBe(429);
  const { budgets, leftOut, targets } = await gateway.call('decision.explain', { id: refused.id, at: 'then' });
  expect(targets).toEqual(['first/m']);
  expect(leftOut).toEqual([]);
  expect(budgets).toMatchObject({
    asOf: 'then',
    items: [
      { name: 'poor: day', period: 'day', mode: 'hard', target: 'first/m', limitUsd: 0.000_4, leftUsd: 0.000_18, reservedUsd: 0 },
    ],
  });
  const [item] = budgets?.items ?? [];
  expect(item).toMatchObject({ refuses: true, closed: null, resetsAtMs: midnightMs() });
  expect(item?.askedUsd).toBeGreaterThan(0.000_2);
  expect(JSON.parse(refused.text).error.message).toContain(item?.reason);
  await gateway.call('clients.update', { id: client, budgets: [{ period: 'day', limitUsd: 5, mode: 'hard' }] });
  const later = await gateway.call('decision.explain', { id: refused.id, at: 'then' });
  expect(later.budgets).toEqual(budgets);
  const now = await gateway.call('decision.explain', { id: refused.id, at: 'now' });
  expect(now.budgets).toMatchObject({ asOf: 'now', items: [{ limitUsd: 5, leftUsd: 5 - 0.000_22, refuses: false }] });
});

test('a target that was left out is no attempt: the row, the header and the client’s error count what was sent', async () => {
  const { key } = await newKey('thrifty', 0.002);
  const failed = await ask(key, bodyOf('both', 'fail'));
  expect(failed).toMatchObject({ status: 503, attempts: '1' });
  expect(JSON.parse(failed.text).error.message).not.toContain('2 attempts');
  const row = await gateway.call('requests.get', { id: failed.id });
  expect(row).toMatchObject({ attempts: 1, provider: 'first' });
  expect(row.attemptList.map(({ errorKind }) => errorKind)).toEqual(['upstream-overloaded', 'over-budget']);
  expect((await gateway.call('requests.list', { limit: 1 })).items[0]).toMatchObject({ id: failed.id, attempts: 1 });
  const { budgets, leftOut } = await gateway.call('decision.explain', { id: failed.id, at: 'then' });
  expect(leftOut).toEqual([{ target: 'dear/m', reason: expect.stringContaining('thrifty') }]);
  expect(budgets).toMatchObject({
    asOf: 'then',
    items: [{ name: 'thrifty: day', target: 'dear/m', leftUsd: 0.002, refuses: true }],
  });
});

test('a budget by the call and one that nothing can be held to are told as what they are', async () => {
  const careful = await gateway.call('clients.create', { name: 'careful', budgets: [{ period: 'call', limitUsd: 0.000_2 }] });
  const dear = await ask(careful.key, bodyOf('first/m', 'short', 1_000));
  const { budgets } = await gateway.call('decision.explain', { id: dear.id, at: 'then' });
  expect(budgets?.items[0]).toMatchObject({
    period: 'call',
    limitUsd: 0.000_2,
    leftUsd: 0.000_2,
    resetsAtMs: null,
    refuses: true,
  });
  const { key } = await newKey('strict', 1);
  const unknown = await ask(key, bodyOf('unpriced/m'));
  const then = await gateway.call('decision.explain', { id: unknown.id, at: 'then' });
  expect(then.budgets?.items[0]).toMatchObject({ target: 'unpriced/m', leftUsd: null, askedUsd: null, refuses: true });
  expect(then.budgets?.items[0]?.reason).toContain('prices.overrides');
});

test('a request that is tried is told of every budget that would apply to its targets, as it stands now', async () => {
  await newKey('trier', 0.002);
  const rules = [{ name: 'both', use: ['dear/m', 'first/m', 'unpriced/m'] }];
  const tried = await gateway.call('decision.explain', { request: bodyOf('any'), client: 'trier', policy: { rules } });
  expect(tried.budgets?.asOf).toBe('now');
  const told = tried.budgets?.items.map(({ name, target, leftUsd, refuses }) => [name, target, leftUsd, refuses]);
  expect(told).toEqual([
    ['trier: day', 'dear/m', 0.002, true],
    ['trier: day', 'first/m', 0.002, false],
    ['trier: day', 'unpriced/m', 0.002, true],
  ]);
  expect(tried.budgets?.items[1]?.reason).toMatch(
    /^the budget "trier: day" has \$0\.002 left .* there is room for it; it begins anew at /,
  );
  const nobody = await gateway.call('decision.explain', { request: bodyOf('first/m') });
  expect(nobody.budgets).toEqual({ asOf: 'now', items: [] });
});
