/** A rule is changed, tried, applied and taken back by a person in Chromium, while twenty streams run through the real gateway. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { askPlainly } from '../support/ask-plainly.ts';
import { chunks, soundStream } from '../support/fault-lab.ts';
import { launchChromium } from '../support/launch-chromium.ts';
import { goTo, noWindow, openWindow } from '../support/open-window.ts';
import { openRawStream, type RawStream } from '../support/raw-stream.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { shiftableClock, shiftClock } from '../support/shift-clock.ts';
import { makeDataDir, type RunningGateway, startGateway } from '../support/start-gateway.ts';
import { type Answer, json, sse, type Step } from '../support/upstream-answers.ts';

const dayMs = 86_400_000;
const streamCount = 20;
const paceMs = 150;
/** Enough for two minutes at that pace: the streams run until the test lets them end. */
const words = Array.from({ length: 800 }, (_, index) => `word${index} `);

let browser: Browser | null = null;

beforeAll(async () => {
  if (!noWindow) browser = await launchChromium();
});
beforeEach((context) => context.skip(noWindow !== null, noWindow ?? ''));
afterAll(() => browser?.close());

const failed = (status: number, headers: Readonly<Record<string, string>> = {}): Answer =>
  json({ error: { message: 'no', type: 'server_error', code: null } }, { status, headers });

/** Answers whose words come at a pace of their own until the rest is let go at once. */
function pacedStreams(): { readonly answer: Answer; finish(): void } {
  const turns = words.map(() => Promise.withResolvers<void>());
  let next = 0;
  const timer = setInterval(() => turns[next++]?.resolve(), paceMs);
  const whole = sse([...chunks(words), '[DONE]']);
  const answer = whole.flatMap((step, index): Step[] => {
    const turn = turns[index - 2];
    return turn ? [{ waitFor: turn.promise }, step] : [step];
  });
  return {
    answer,
    finish() {
      clearInterval(timer);
      for (const { resolve } of turns) resolve();
    },
  };
}

interface Place {
  readonly gateway: RunningGateway;
  readonly lab: ScriptedUpstream;
  readonly clockFile: string;
  stop(): Promise<void>;
}

/** Two keys and two models that have prices, a provider that fails always, and one rule. */
async function startPlace(): Promise<Place> {
  const lab = await startScriptedUpstream(soundStream());
  const broken = await startScriptedUpstream(failed(500));
  const dataDir = makeDataDir();
  const clockFile = join(dataDir, 'clock');
  const gateway = await startGateway({
    dataDir,
    environment: { ...shiftableClock(clockFile), KEY_A: 'sk-a', KEY_B: 'sk-b' },
    config: {
      version: 1,
      providers: [
        {
          id: 'lab',
          kind: 'openai',
          // Loopback costs nothing: what is passed on has the prices of the catalog.
          forwards: true,
          baseUrl: lab.baseUrl,
          keys: ['env:KEY_A', 'env:KEY_B'],
          models: ['gpt-5', 'gpt-5-mini', 'gpt-5-nano'],
        },
        { id: 'broken', kind: 'openai-compatible', baseUrl: broken.baseUrl, models: ['m'] },
      ],
      aliases: { turns: { strategy: 'round-robin', targets: ['lab/gpt-5', 'lab/gpt-5-mini'] } },
      policy: {
        rules: [{ name: 'chat', when: { task: 'chat', model: ['assistant', 'busy'] }, use: ['lab/gpt-5', 'lab/gpt-5-nano'] }],
      },
      reliability: { attempts: 2, breaker: { failures: 2, openMs: 3_600_000 }, healthChecks: false },
    },
  });
  return {
    gateway,
    lab,
    clockFile,
    async stop() {
      await gateway.stop();
      await Promise.all([lab.stop(), broken.stop()]);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

const modelFor = async (gateway: RunningGateway, model: string) =>
  (await askPlainly(gateway, model, true)).headers.get('x-gatehouse-model');

/** Yesterday's request in the log; one breaker open, one key resting, one turn taken. */
async function live({ gateway, lab, clockFile }: Place): Promise<void> {
  await shiftClock(gateway, clockFile, -dayMs);
  expect(await modelFor(gateway, 'assistant')).toBe('gpt-5');
  await shiftClock(gateway, clockFile, 0);
  await askPlainly(gateway, 'broken/m', false);
  await askPlainly(gateway, 'broken/m', false);
  lab.next(failed(429, { 'retry-after': '3600' }));
  await askPlainly(gateway, 'lab/gpt-5', true);
  expect(await modelFor(gateway, 'turns')).toBe('gpt-5');
}

/** What Providers tells of the breaker and the resting key, with the moments until which they rest. */
async function standings(page: Page): Promise<readonly string[]> {
  await goTo(page, 'Providers');
  const found: string[] = [];
  for (const [provider, what] of [
    ['broken', /Rests after failures until [\d:]+/],
    ['lab', /Rests until [\d:]+/],
  ] as const) {
    await page.getByRole('main').getByRole('link', { name: provider }).click();
    found.push((await page.getByRole('main').getByText(what).first().textContent()) ?? '');
  }
  return found;
}

const tab = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Parts of routing' }).getByRole('link', { name }).click();
const unsaved = (page: Page) => page.getByRole('region', { name: 'Unsaved changes' });
const inFlight = (page: Page) => page.getByRole('contentinfo').getByText(`${streamCount} in flight`).waitFor();

/** The rule goes to another model by its form, and gets a limit in the document, with a mistake on the way; a reload loses nothing. */
async function editRule(page: Page): Promise<void> {
  await goTo(page, 'Routing');
  await page.getByRole('button', { name: 'Edit the rule chat' }).click();
  await page.getByLabel('Target 1', { exact: true }).fill('lab/gpt-5-mini');
  const sentence = page.getByRole('list', { name: 'Rules' }).getByText('ask lab/gpt-5-mini, then lab/gpt-5-nano');
  await sentence.waitFor();

  await tab(page, 'Document');
  await page.getByText('"use"').click();
  await page.keyboard.press('End');
  await page.keyboard.type(', "limi');
  await page.getByRole('option', { name: '"limits"' }).click();
  await page.keyboard.type('"maxC');
  await page.getByRole('option', { name: '"maxCostUsd"' }).click();
  await page.keyboard.type('"1"');
  await page.getByText('1 mistake', { exact: true }).waitFor();
  await unsaved(page).getByText('1 mistake in the rule “chat”.').waitFor();
  expect(await unsaved(page).getByRole('button', { name: 'Apply' }).isDisabled()).toBe(true);
  for (let count = 0; count < 3; count += 1) await page.keyboard.press('Backspace');
  await page.keyboard.type('0.5');
  await page.getByText('No mistakes').waitFor();
  await page.reload();
  await page.getByText('"maxCostUsd": 0.5').waitFor();
  await tab(page, 'Rules');
  await page.getByRole('list', { name: 'Rules' }).getByText('at most $0.50').waitFor();
}

/** Yesterday's request by the draft: where it moves, why, what it costs, and what would change that. */
async function tryYesterdays(page: Page): Promise<void> {
  await unsaved(page).getByRole('button', { name: 'Try' }).click();
  await page.getByRole('button', { name: 'From the log' }).click();
  await page.getByRole('list', { name: 'Latest requests' }).getByRole('button', { name: 'assistant' }).click();
  const decision = page.getByRole('region', { name: 'Decision' });
  await decision.getByText('It moves from lab/gpt-5 to lab/gpt-5-mini').waitFor();
  expect(await decision.getByRole('status').textContent()).toMatch(/Costs about \$0\.\d+ instead of \$0\.\d+ \(−\d+ %\)/);
  const drafted = decision.getByRole('region', { name: 'By the draft' });
  await drafted.getByText('It goes to lab/gpt-5-mini, since the rule “chat” says so.').waitFor();
  await drafted.getByRole('region', { name: 'Rules' }).getByText('decides where it goes, sets limits').waitFor();
  const changes = drafted.getByRole('region', { name: 'What would change it' });
  await changes.getByText('It would be asked first if "lab/gpt-5-nano" stood first in the rule "chat".').waitFor();
}

/** Applied, and seen on the sheet of the next request. */
async function apply(page: Page, gateway: RunningGateway): Promise<void> {
  await unsaved(page).getByRole('button', { name: 'What differs' }).click();
  await unsaved(page).getByText('Rule “chat”: use').waitFor();
  await unsaved(page).getByRole('button', { name: 'Apply' }).click();
  await page.getByRole('region', { name: 'Applied' }).getByText('In force, as version 2').waitFor();
  await inFlight(page);
  expect(await modelFor(gateway, 'assistant')).toBe('gpt-5-mini');
  await goTo(page, 'Requests');
  const row = page.locator('[data-request][data-state="ok"]').filter({ hasText: 'lab/gpt-5-mini' }).first();
  await row.getByRole('link').click();
  await page.getByRole('dialog').getByText('lab/gpt-5-mini, since the rule “chat”').waitFor();
  await page.keyboard.press('Escape');
}

async function returnTo(page: Page, gateway: RunningGateway): Promise<void> {
  await goTo(page, 'Routing');
  await tab(page, 'Versions');
  const version = page.getByRole('list', { name: 'Versions' }).getByRole('button', { name: 'Version 1' });
  await version.click();
  await page.getByRole('list', { name: 'Changes' }).getByText('Rule “chat”: use').waitFor();
  await page.getByRole('button', { name: 'Return to version 1' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Return to version 1' }).click();
  await page.getByText('Version 1 is in force again, as version 3').waitFor();
  await inFlight(page);
  expect(await modelFor(gateway, 'assistant')).toBe('gpt-5');
}

test('a person edits a rule, tries yesterday’s request, applies and returns, and neither twenty streams nor what was learned suffer', async () => {
  const place = await startPlace();
  const { gateway, lab } = place;
  const paced = pacedStreams();
  try {
    await using opened = await openWindow(browser, gateway.ready.ui);
    const { page, troubles } = opened;
    await goTo(page, 'Providers');
    await page.getByRole('main').getByRole('link', { name: 'broken' }).click();
    await page.getByText('Nothing yet.').waitFor();
    await live(place);
    await page.getByText('Rests after failures').waitFor();
    const before = await standings(page);
    lab.next(...Array.from({ length: streamCount }, () => paced.answer));
    const body = { model: 'busy', stream: true, messages: [{ role: 'user', content: 'a' }] };
    const streams = Array.from(
      { length: streamCount },
      (): RawStream => openRawStream(gateway.port, body, { key: gateway.clientKey, patienceMs: 110_000 }),
    );
    await Promise.all(streams.map((stream) => stream.until('word1 ')));
    await inFlight(page);

    await editRule(page);
    await tryYesterdays(page);
    await apply(page, gateway);
    await returnTo(page, gateway);
    expect(await standings(page)).toEqual(before);
    expect([await modelFor(gateway, 'turns'), await modelFor(gateway, 'turns')]).toEqual(['gpt-5-mini', 'gpt-5']);

    expect((await gateway.call('status.get', {})).inFlight).toBe(streamCount);
    paced.finish();
    await Promise.all(streams.map((stream) => stream.until('[DONE]\n\n')));
    for (const stream of streams) {
      expect(stream.body.match(/word\d+ /g)).toEqual(words);
      expect(stream.body).toMatch(/\[DONE\]\n\n$/);
      stream.leave();
    }
    await page.getByRole('contentinfo').getByText('0 in flight').waitFor();
    const { items } = await gateway.call('requests.list', { filter: 'model:gpt-5', limit: 100 });
    expect(items.filter(({ requestedModel, state }) => requestedModel === 'busy' && state === 'ok')).toHaveLength(streamCount);
    expect(troubles).toEqual([]);
    expect(gateway.stderr).not.toMatch(/fault of the gateway|has to stop/);
  } finally {
    paced.finish();
    await place.stop();
  }
});
