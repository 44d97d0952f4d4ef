/** Breakers and the budget of second attempts, through the whole gateway: who fails is spared, and no client pays for it. */
import { afterEach, describe, expect, test } from 'vitest';
import type { GatewayConfigDocument } from '../../../gateway/contract/config.ts';
import { type Asked, askPlainly } from '../../support/ask-plainly.ts';
import { eventually, type FaultLab, startFaultLab, wholeAnswer } from '../../support/fault-lab.ts';
import { postsTo, type Script, type ScriptedUpstream } from '../../support/scripted-upstream.ts';
import { type Answer, json } from '../../support/upstream-answers.ts';

let lab: FaultLab;

const start = async (
  reliability: GatewayConfigDocument['reliability'],
  changes: Partial<GatewayConfigDocument> = {},
  environment: Readonly<Record<string, string>> = {},
): Promise<void> => {
  lab = await startFaultLab({ reliability, ...changes }, { environment });
};

afterEach(async () => {
  await lab.idle();
  expect(lab.gateway.stderr).not.toMatch(/fault of the gateway|has to stop/);
  await lab[Symbol.asyncDispose]();
});

const broken = json({ error: { message: 'No.', type: 'server_error', code: null } }, { status: 500 });
const sound = json(wholeAnswer());
const ask = (model: string): Promise<Asked> => askPlainly(lab.gateway, model, false);
const posts = (upstream: ScriptedUpstream): number => postsTo(upstream).length;
const providerOf = ({ headers }: Asked): string | null => headers.get('x-gatehouse-provider');

/** Asks until the breaker of `lab/m` must be open. */
async function breakLab(failures: number): Promise<void> {
  lab.upstream.use(broken);
  lab.spare.use(sound);
  for (let count = 0; count < failures; count += 1) expect((await ask('both')).status).toBe(200);
}

const breaker = { failures: 3, windowMs: 60_000, openMs: 700, probes: 2 };

describe('a breaker', () => {
  test('spares a target that failed so often, which is asked again after its rest and then as before', async () => {
    await start({ breaker, healthChecks: false });
    await breakLab(3);
    expect([posts(lab.upstream), providerOf(await ask('both')), posts(lab.upstream)]).toEqual([3, 'spare', 3]);
    lab.upstream.use(sound);
    await eventually(async () => (providerOf(await ask('both')) === 'lab' ? true : null), 'it is asked again');
    expect(await Promise.all(Array.from({ length: 5 }, async () => providerOf(await ask('both'))))).toEqual(Array(5).fill('lab'));
  });

  test('lets exactly its probes through, however many ask at once, until one of them is answered', async () => {
    await start({ breaker, healthChecks: false });
    await breakLab(3);
    const before = posts(lab.upstream);
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    lab.upstream.use([{ waitFor: held }, ...sound]);
    await new Promise((resolve) => setTimeout(resolve, breaker.openMs));
    const asked = Array.from({ length: 30 }, () => ask('both'));
    const first = await Promise.race(asked);
    expect(providerOf(first)).toBe('spare');
    await eventually(() => (posts(lab.spare) >= 3 + 28 ? true : null), 'all others went to the other target');
    expect(posts(lab.upstream) - before).toBe(breaker.probes);
    letGo();
    const providers = (await Promise.all(asked)).map(providerOf);
    expect(providers.filter((name) => name === 'lab')).toHaveLength(breaker.probes);
    expect(providerOf(await ask('both'))).toBe('lab');
  });

  test('gets back the probe of a client that left', async () => {
    await start({ breaker: { ...breaker, probes: 1 }, healthChecks: false });
    await breakLab(3);
    lab.upstream.use([{ end: 'stall' }]);
    await new Promise((resolve) => setTimeout(resolve, breaker.openMs));
    const raw = lab.openRaw({ model: 'both' });
    await lab.upstream.received(lab.upstream.requests.length + 1);
    expect(providerOf(await ask('both'))).toBe('spare');
    raw.leave();
    await lab.idle();
    lab.upstream.use(sound);
    expect(providerOf(await ask('both'))).toBe('lab');
  });

  test('never rests the last target that there is', async () => {
    await start({ attempts: 1, breaker: { ...breaker, openMs: 60_000 }, healthChecks: false });
    lab.upstream.use(broken);
    for (let count = 0; count < 5; count += 1) expect((await ask('lab/m')).status).toBe(500);
    expect(posts(lab.upstream)).toBe(5);
    lab.upstream.use(sound);
    expect((await ask('lab/m')).status).toBe(200);
  });

  test('of all targets open asks them in their order', async () => {
    await start({ attempts: 2, breaker: { ...breaker, openMs: 60_000 }, healthChecks: false });
    lab.upstream.use(broken);
    lab.spare.use(broken);
    for (let count = 0; count < 4; count += 1) await ask('both');
    const row = await lab.finalRow((await ask('both')).id);
    expect(row.attemptList.map(({ provider }) => provider)).toEqual(['lab', 'spare']);
  });

  test('is not opened by what is the fault of the request, the key or the config', async () => {
    await start({ attempts: 1, breaker: { ...breaker, failures: 2, openMs: 60_000 }, healthChecks: false });
    const refusals: readonly Answer[] = [400, 404, 422, 429, 401].map((status) =>
      json({ error: { message: 'No.' } }, { status }),
    );
    for (const refusal of refusals) {
      for (let count = 0; count < 3; count += 1) {
        lab.upstream.next(refusal);
        await ask('lab/m');
      }
    }
    const { items } = await lab.gateway.call('targets.list', {});
    const standing = items.find(({ provider, model }) => provider === 'lab' && model === 'm');
    expect(standing).toMatchObject({ failures: 0, state: { breaker: 'closed', key: 'set-aside' } });
  });

  test('stays open when a config is saved that still names its target', async () => {
    await start({ breaker: { ...breaker, openMs: 60_000 }, healthChecks: false });
    await breakLab(3);
    const { document, version } = await lab.gateway.call('config.get', {});
    await lab.gateway.call('config.apply', { config: { ...document, responses: { keep: false } }, baseVersion: version });
    const before = posts(lab.upstream);
    expect([providerOf(await ask('both')), posts(lab.upstream)]).toEqual(['spare', before]);
  });
});

describe('health checks', () => {
  const listing: Script = ({ method }) =>
    method === 'GET' ? json({ object: 'list', data: [{ id: 'm', object: 'model' }] }) : sound;

  test('bring a provider back before its rest is over, by its list of models alone', async () => {
    await start({ breaker: { ...breaker, openMs: 6_000, probes: 1 } });
    await breakLab(3);
    const before = posts(lab.upstream);
    const lists = () => lab.upstream.requests.filter(({ method }) => method === 'GET').length;
    const listsBefore = lists();
    const openedAt = performance.now();
    lab.upstream.use(listing);
    await eventually(() => (lists() > listsBefore ? true : null), 'it is checked', 10_000);
    expect(posts(lab.upstream)).toBe(before);
    await eventually(async () => (providerOf(await ask('both')) === 'lab' ? true : null), 'it is asked again');
    expect(performance.now() - openedAt).toBeLessThan(5_900);
    expect(lists()).toBe(listsBefore + 1);
  });
});

describe('the budget of second attempts', () => {
  /** So many clients ask again and again. @returns requests sent for each request asked, beyond the budget's minimum */
  const amplification = async (model: string, upstreams: () => number, seconds: number): Promise<number> => {
    let asked = 0;
    const until = performance.now() + seconds * 1_000;
    const before = upstreams();
    const client = async () => {
      while (performance.now() < until) {
        asked += 1;
        await ask(model);
      }
    };
    await Promise.all(Array.from({ length: 40 }, client));
    const minimum = 3 * 2;
    return (upstreams() - before - minimum) / asked;
  };

  test('sends a provider that fails altogether at most a fifth more than it is asked', { timeout: 20_000 }, async () => {
    await start({ healthChecks: false });
    lab.upstream.use([{ waitMs: 20 }, ...broken]);
    expect(await amplification('lab/m', () => posts(lab.upstream), 4)).toBeLessThanOrEqual(1.2);
  });

  test('holds for two that both fail', { timeout: 20_000 }, async () => {
    await start({ healthChecks: false });
    lab.upstream.use([{ waitMs: 20 }, ...broken]);
    lab.spare.use([{ waitMs: 20 }, ...broken]);
    expect(await amplification('both', () => posts(lab.upstream) + posts(lab.spare), 4)).toBeLessThanOrEqual(1.2);
  });

  test.each([429, 401])('holds for two of which every key is answered %i', { timeout: 20_000 }, async (status) => {
    const keyed = (upstream: string) => ({
      id: `${upstream}-keyed`,
      kind: 'openai-compatible' as const,
      baseUrl: lab[upstream as 'upstream' | 'spare'].baseUrl,
      models: ['m'],
      keys: ['env:KEY_A', 'env:KEY_B', 'env:KEY_C'],
    });
    await start({ healthChecks: false }, {}, { KEY_A: 'sk-a-012345', KEY_B: 'sk-b-012345', KEY_C: 'sk-c-012345' });
    const { document } = await lab.gateway.call('config.get', {});
    const providers = [...(document.providers as object[]), keyed('upstream'), keyed('spare')];
    const aliases = { keyed: { targets: ['upstream-keyed/m', 'spare-keyed/m'] } };
    await lab.gateway.call('config.apply', { config: { ...document, providers, aliases } });
    const limited = json({ error: { message: 'No.' } }, { status });
    lab.upstream.use([{ waitMs: 20 }, ...limited]);
    lab.spare.use([{ waitMs: 20 }, ...limited]);
    expect(await amplification('keyed', () => posts(lab.upstream) + posts(lab.spare), 4)).toBeLessThanOrEqual(1.2);
  });

  test('is that of each provider: a crowd that another one serves buys no second attempts here', {
    timeout: 20_000,
  }, async () => {
    await start({ healthChecks: false });
    lab.upstream.use([{ waitMs: 20 }, ...broken]);
    lab.spare.use([{ end: 'stall' }]);
    const crowd = Array.from({ length: 150 }, () => lab.openRaw({ model: 'spare/m', stream: false }));
    await lab.spare.received(crowd.length);
    expect(await amplification('lab/m', () => posts(lab.upstream), 3)).toBeLessThanOrEqual(1.2);
    for (const one of crowd) one.leave();
  });

  test('holds for a burst, and says in the row why nothing more was tried', async () => {
    await start({ healthChecks: false });
    lab.upstream.use([{ waitMs: 50 }, ...broken]);
    const asked = await Promise.all(Array.from({ length: 100 }, () => ask('lab/m')));
    expect(posts(lab.upstream)).toBeLessThanOrEqual(120 + 3 * 2);
    const rows = await Promise.all(asked.map(({ id }) => lab.finalRow(id)));
    const refused = rows.filter(({ errorMessage }) => errorMessage?.includes('not tried again: of ') === true);
    expect(refused.length).toBeGreaterThan(50);
    expect(refused[0]?.errorMessage).toMatch(
      /answered 500: No\. \(not tried again: of \d+ other requests(?: at lab)?, \d+ are in another attempt already\)$/,
    );
  });

  test('does not keep a crowd from a target that answers', async () => {
    await start({ healthChecks: false });
    lab.upstream.use([{ waitMs: 50 }, ...broken]);
    lab.spare.use(sound);
    const asked = await Promise.all(Array.from({ length: 60 }, () => ask('both')));
    expect(asked.map(({ status }) => status)).toEqual(Array(60).fill(200));
  });
});
