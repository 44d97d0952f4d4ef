/** Shares that grow by schedule, clients that stay on their side, and a day that ends: through the real gateway, on a clock that the test moves. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { askPlainly } from '../support/ask-plainly.ts';
import { mirror, type ShadowLab, startShadowLab, type ShadowLabFacts } from '../support/shadow-lab.ts';
import { shiftableClock, shiftClock } from '../support/shift-clock.ts';
import { makeDataDir } from '../support/start-gateway.ts';

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;

/** A folder that outlives the gateways of a test, and where its clock is told of. */
function lasting(): { readonly dataDir: string; readonly clockFile: string } {
  const dataDir = makeDataDir();
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 }));
  return { dataDir, clockFile: join(dataDir, 'clock') };
}

const start = (facts: ShadowLabFacts, { dataDir, clockFile }: ReturnType<typeof lasting>): Promise<ShadowLab> =>
  startShadowLab({ rules: [], ...facts, start: { dataDir, environment: shiftableClock(clockFile) } });

/** Which part of so many requests the provider `copy` answers. */
async function shareOfCopy({ gateway }: ShadowLab, model: string, requests: number): Promise<number> {
  let answered = 0;
  for (let sent = 0; sent < requests; sent += 20) {
    const asked = await Promise.all(Array.from({ length: 20 }, () => askPlainly(gateway, model, false)));
    answered += asked.filter(({ status, headers }) => status === 200 && headers.get('x-gatehouse-provider') === 'copy').length;
  }
  return answered / requests;
}

test('a canary grows from nothing to everything as its schedule says, and back when the clock goes back', async () => {
  const place = lasting();
  const beginsAtMs = Date.now() + dayMs;
  const schedule = { startsAt: new Date(beginsAtMs).toISOString(), endsAt: new Date(beginsAtMs + 10 * dayMs).toISOString() };
  const targets = [
    { model: 'main/m', weight: { from: 100, to: 0, ...schedule } },
    { model: 'copy/m', weight: { from: 0, to: 100, ...schedule } },
  ];
  await using lab = await start({ config: { aliases: { canary: { strategy: 'weighted', targets } } } }, place);
  const requests = 400;
  for (const [days, share] of [
    [0, 0],
    [1 + 2, 0.2],
    [1 + 5, 0.5],
    [1 + 9, 0.9],
    [1 + 11, 1],
    [0.5, 0],
  ] as const) {
    await shiftClock(lab.gateway, place.clockFile, days * dayMs);
    const tolerance = 5 * Math.sqrt((share * (1 - share)) / requests);
    const found = await shareOfCopy(lab, 'canary', requests);
    expect(Math.abs(found - share), `after ${days} days: ${found}`).toBeLessThanOrEqual(tolerance);
  }
});

test('each client stays on its side of a split, over many requests and a restart, and both sides have some', async () => {
  const place = lasting();
  const aliases = { ab: { strategy: 'weighted' as const, splitBy: 'client' as const, targets: ['main/m', 'copy/m'] } };
  const names = Array.from({ length: 12 }, (_, number) => `program-${number}`);
  const sideOf = async ({ gateway }: ShadowLab, key: string): Promise<Set<string | null>> => {
    const asked = Array.from({ length: 6 }, () => askPlainly({ ...gateway, url: gateway.url, clientKey: key }, 'ab', false));
    return new Set((await Promise.all(asked)).map(({ headers }) => headers.get('x-gatehouse-provider')));
  };
  const sidesOf = async (lab: ShadowLab, keys: readonly string[]): Promise<(string | null)[]> => {
    const sides: (string | null)[] = [];
    for (const key of keys) sides.push(...(await sideOf(lab, key)));
    return sides;
  };
  const keys: string[] = [];
  let before: (string | null)[] = [];
  {
    await using lab = await start({ config: { aliases } }, place);
    for (const name of names) keys.push((await lab.gateway.call('clients.create', { name })).key);
    before = await sidesOf(lab, keys);
    // One side each: more would make the list longer.
    expect(before).toHaveLength(names.length);
    expect(new Set(before)).toEqual(new Set(['main', 'copy']));
  }
  await using again = await start({ config: { aliases } }, place);
  expect(await sidesOf(again, keys)).toEqual(before);
});

test("a new day has copies of its own, and a clock that is put back gives none of yesterday's again", async () => {
  const place = lasting();
  await using lab = await start({ rules: mirror({ maxPerDay: 3 }) }, place);
  const copiesAfter = async (byMs: number, expected: number): Promise<number> => {
    await shiftClock(lab.gateway, place.clockFile, byMs);
    for (let sent = 0; sent < 8; sent += 1) await askPlainly(lab.gateway, 'main/m', false);
    await lab.copy.received(expected);
    await delay(150);
    return lab.copies().length;
  };
  expect(await copiesAfter(0, 3)).toBe(3);
  expect(await copiesAfter(dayMs, 6)).toBe(6);
  expect(await copiesAfter(0, 6)).toBe(6);
  expect(await copiesAfter(dayMs, 6)).toBe(6);
  expect(await copiesAfter(2 * dayMs, 9)).toBe(9);
});
