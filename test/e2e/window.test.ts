/** Uses the window as a person does, against a real gateway: a provider, live requests, the switch, a gateway that dies. */
import { createServer } from 'node:net';
import OpenAI from 'openai';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchChromium } from '../support/launch-chromium.ts';
import { openAiScript } from '../support/openai-script.ts';
import { goTo, noWindow, openWindow } from '../support/open-window.ts';
import { startScriptedUpstream } from '../support/scripted-upstream.ts';
import { makeDataDir, startGateway } from '../support/start-gateway.ts';

const providerKey = 'sk-upstream-0123456789WXYZ';
let browser: Browser | null = null;

beforeAll(async () => {
  if (!noWindow) browser = await launchChromium();
});
beforeEach((context) => context.skip(noWindow !== null, noWindow ?? ''));
afterAll(() => browser?.close());

/** Fills the form for a new provider; the form is open. */
async function fillProvider(page: Page, { id, baseUrl, key }: { id: string; baseUrl: string; key: string }): Promise<void> {
  await page.getByLabel('Search kinds of providers').fill('openai-compatible');
  await page.getByRole('link', { name: 'OpenAI-compatible server' }).click();
  await page.getByLabel('Name').fill(id);
  await page.getByLabel('Base URL').fill(baseUrl);
  await page.getByLabel('Key', { exact: true }).fill(key);
}

/** A port that is free now, for a gateway that must come back to it. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const switchOf = (page: Page) => page.getByRole('switch', { name: 'Gateway' });

test('from the first screen to a provider, its models, a client key, and a request that arrives while it runs', async () => {
  await using upstream = await startScriptedUpstream(
    openAiScript({ text: 'one two three four five six seven eight', gapMs: 150, models: ['alpha-large', 'alpha-small'] }),
  );
  await using gateway = await startGateway({ withoutKey: true });
  await using opened = await openWindow(browser, gateway.ready.ui);
  const { page, troubles } = opened;
  await page.getByText('No requests yet').waitFor();

  await goTo(page, 'Providers');
  await page.getByRole('link', { name: 'Add' }).click();
  await fillProvider(page, { id: 'lab', baseUrl: upstream.baseUrl, key: providerKey });
  await page.getByRole('button', { name: 'Add provider' }).click();
  await page.getByText('accepts the key and lists 2 models').waitFor();
  const models = page.getByRole('list', { name: 'Models' }).getByRole('listitem');
  await expect.poll(() => models.allTextContents()).toEqual(['alpha-large', 'alpha-small']);
  await page.getByLabel('Search models').fill('SMALL');
  expect(await models.count()).toBe(1);
  expect(upstream.requests.at(-1)?.header('authorization')).toBe(`Bearer ${providerKey}`);
  await page.getByText('ends in WXYZ').waitFor();
  expect(await page.content()).not.toContain(providerKey);

  await goTo(page, 'Home');
  await page.getByRole('button', { name: 'New client key' }).click();
  await page.getByLabel('Name of the program').fill('my editor');
  await page.getByRole('button', { name: 'Create key' }).click();
  const clientKey = (await page.getByText(/^llmgw_/).textContent()) ?? '';
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('group', { name: 'Try it' }).getByText(clientKey).waitFor();

  await goTo(page, 'Requests');
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: clientKey, maxRetries: 0 });
  const stream = await client.chat.completions.create({
    model: 'lab/alpha-small',
    stream: true,
    messages: [{ role: 'user', content: 'Count.' }],
  });
  const row = page.locator('[data-request]');
  await page.locator('[data-request][data-state="started"]').waitFor();
  await page.getByText('1 in flight').waitFor();
  await row.getByRole('link').click();
  const sheet = page.getByRole('dialog');
  await sheet.getByText('The first attempt is under way.').waitFor();
  for await (const chunk of stream) expect(chunk.object).toBe('chat.completion.chunk');
  await page.locator('[data-request][data-state="ok"]').waitFor();
  expect(await row.count()).toBe(1);
  await page.getByText('0 in flight').waitFor();

  await sheet.getByText('1. lab/alpha-small').waitFor();
  const facts = await sheet.locator('dl').allTextContents();
  expect(facts.join(' ')).toMatch(
    /Answered bylab\/alpha-smallRulenone: by the name it asks forProgrammy editorAsked asOpenAI chat, streamedStatus200/,
  );
  expect(facts.join(' ')).toMatch(/Speed[\d.]+ tokens\/s/);
  expect(facts.join(' ')).toContain('Input21of it cached8written to cache–Output13of it reasoning5');
  await sheet.getByText('"prompt_tokens": 21').waitFor();
  await sheet.getByText('Passed through unchanged').waitFor();
  expect(troubles).toEqual([]);
});

test('what the gateway refuses in a form is said at its field, with nothing saved and no key left behind', async () => {
  await using gateway = await startGateway({ withoutKey: true });
  await using opened = await openWindow(browser, `${gateway.ready.control}/providers?add=1#token=${gateway.ready.controlToken}`);
  const { page } = opened;
  await fillProvider(page, { id: 'lab', baseUrl: 'not an address', key: providerKey });
  await page.getByRole('button', { name: 'Add provider' }).click();
  await page.getByText('must be a whole URL such as http://127.0.0.1:8000/v1').waitFor();
  expect(await page.getByLabel('Base URL').getAttribute('aria-invalid')).toBe('true');
  expect(await page.getByLabel('Key', { exact: true }).inputValue()).toBe(providerKey);
  expect((await gateway.call('config.get', {})).effective.providers.map(({ id }) => id)).toEqual(['demo']);
  expect((await gateway.call('secrets.list', {})).items).toEqual([]);
});

test('a second key, a changed address, a switch and a removal reach the config, and a removed provider leaves no secret', async () => {
  await using upstream = await startScriptedUpstream(openAiScript({ models: ['alpha'] }));
  await using gateway = await startGateway({ withoutKey: true });
  await using opened = await openWindow(browser, `${gateway.ready.control}/providers?add=1#token=${gateway.ready.controlToken}`);
  const { page } = opened;
  const lab = async () => (await gateway.call('config.get', {})).effective.providers.find(({ id }) => id === 'lab');
  await fillProvider(page, { id: 'lab', baseUrl: upstream.baseUrl, key: providerKey });
  await page.getByRole('button', { name: 'Add provider' }).click();
  await page.getByRole('button', { name: 'Add a key' }).click();
  await page.getByLabel('Key from').selectOption('env');
  await page.getByLabel('Variable').fill('LAB_KEY');
  await page.getByRole('button', { name: 'Save key' }).click();
  await expect.poll(async () => (await lab())?.keys).toEqual(['vault:lab-1', 'env:LAB_KEY']);
  await page.getByRole('list', { name: 'Keys' }).getByText('LAB_KEY').waitFor();
  await page.getByLabel('Base URL').fill(`${upstream.origin}/v2`);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect.poll(async () => (await lab())?.baseUrl).toBe(`${upstream.origin}/v2`);
  await page.getByRole('switch', { name: 'Use lab' }).click();
  await expect.poll(async () => (await lab())?.enabled).toBe(false);
  await page.getByText('It is switched off').waitFor();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByRole('button', { name: 'Remove provider' }).click();
  await expect.poll(lab).toBe(undefined);
  await expect.poll(async () => (await gateway.call('secrets.list', {})).items).toEqual([]);
});

test('the switch stops and starts the gateway and always tells its true state, a taken port by the name of its owner', async () => {
  await using gateway = await startGateway({ withoutKey: true, port: await freePort() });
  await using opened = await openWindow(browser, gateway.ready.ui);
  const { page } = opened;
  const isAnswered = () =>
    fetch(`${gateway.url}/health`).then(
      () => true,
      () => false,
    );
  await page.getByText('Listening on port').waitFor();
  await switchOf(page).click();
  await page.getByRole('contentinfo').getByText('Stopped').waitFor();
  expect([await isAnswered(), await switchOf(page).isChecked()]).toEqual([false, false]);
  expect(await page.getByRole('button', { name: 'Copy base URL for OpenAI' }).isDisabled()).toBe(true);

  const squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(gateway.port, '127.0.0.1', resolve));
  await switchOf(page).click();
  await page.getByRole('contentinfo').getByText('Could not start').waitFor();
  await page.getByText('Needs attention').waitFor();
  expect(await page.locator('main').textContent()).toContain(`${gateway.port}`);
  expect(await page.locator('main').textContent()).toContain(`(pid ${process.pid})`);
  await page.getByText('1 problem').waitFor();
  await new Promise((resolve) => squatter.close(resolve));
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('contentinfo').getByText('Running').waitFor();
  expect(await switchOf(page).isChecked()).toBe(true);
});

test('a gateway that dies while a form is half filled comes back with nothing lost, and what it left undone is told', async () => {
  await using upstream = await startScriptedUpstream(openAiScript({ text: 'slow words here', gapMs: 2_000, models: ['alpha'] }));
  const dataDir = makeDataDir();
  const environment = { GATEHOUSE_CONTROL_TOKEN: 'token-that-outlives-a-restart' };
  const config = {
    version: 1,
    providers: [
      { id: 'demo', kind: 'demo' },
      { id: 'up', kind: 'openai-compatible', baseUrl: upstream.baseUrl },
    ],
  } as const;
  const first = await startGateway({ dataDir, environment, config: { ...config, providers: [...config.providers] } });
  await using opened = await openWindow(browser, first.ready.ui);
  const { page, troubles } = opened;
  await page.getByText('No requests yet').waitFor();
  const client = new OpenAI({ baseURL: `${first.url}/v1`, apiKey: first.clientKey, maxRetries: 0 });
  const lost = client.chat.completions
    .create({ model: 'up/alpha', stream: true, messages: [{ role: 'user', content: 'Hello' }] })
    .catch(() => null);
  await page.locator('[data-state="started"]').waitFor();
  await goTo(page, 'Providers');
  await page.getByRole('link', { name: 'Add' }).click();
  await fillProvider(page, { id: 'half', baseUrl: upstream.baseUrl, key: providerKey });
  await first.kill();
  await lost;
  await page.getByRole('contentinfo').getByText('Not reachable').waitFor();
  await page.getByRole('button', { name: 'Add provider' }).click();
  await page.getByText('The gateway does not answer; try again when it is back.').waitFor();

  const controlPort = Number(new URL(first.ready.control).port);
  await using second = await startGateway({ dataDir, environment, port: first.port, controlPort });
  await page.getByRole('contentinfo').getByText('Running').waitFor();
  expect(await page.getByLabel('Name').inputValue()).toBe('half');
  expect(await page.getByLabel('Base URL').inputValue()).toBe(upstream.baseUrl);
  expect(await page.getByLabel('Key', { exact: true }).inputValue()).toBe(providerKey);
  await page.getByRole('button', { name: 'Add provider' }).click();
  await page.getByText('accepts the key and lists 1 model').waitFor();
  await goTo(page, 'Requests');
  await page.locator('[data-state="interrupted"]').waitFor();
  const again = new OpenAI({ baseURL: `${second.url}/v1`, apiKey: second.clientKey, maxRetries: 0 });
  await again.chat.completions.create({ model: 'demo/hello', messages: [{ role: 'user', content: 'Hello' }] });
  await page.locator('[data-state="ok"]').waitFor();
  expect(troubles).toEqual([]);
});

test('what is changed elsewhere is shown without a reload, and an edit begun before it overwrites nothing', async () => {
  await using gateway = await startGateway({ withoutKey: true });
  await using opened = await openWindow(browser, `${gateway.ready.control}/providers?id=lab#token=${gateway.ready.controlToken}`);
  const { page } = opened;
  await page.getByText('This provider is gone').waitFor();
  const { document } = await gateway.call('config.get', {});
  const lab = { id: 'lab', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1', models: ['m'] };
  await gateway.call('config.apply', { config: { ...document, providers: [{ id: 'demo', kind: 'demo' }, lab] } });
  await page.getByLabel('Base URL').fill('http://127.0.0.1:9/v2');
  await gateway.call('config.apply', {
    config: {
      ...document,
      providers: [
        { id: 'demo', kind: 'demo' },
        { ...lab, models: ['m', 'n'] },
      ],
    },
  });
  expect(await page.getByLabel('Base URL').inputValue()).toBe('http://127.0.0.1:9/v2');
  const save = page.getByRole('button', { name: 'Save', exact: true });
  await save.click();
  await expect(page.getByLabel('Base URL').inputValue()).resolves.toBe('http://127.0.0.1:9/v2');
  await expect
    .poll(async () => {
      if (await save.isEnabled()) await save.click();
      return (await gateway.call('config.get', {})).effective.providers[1];
    })
    .toMatchObject({ baseUrl: 'http://127.0.0.1:9/v2', models: ['m', 'n'] });
});

test('what a translation leaves out stands in the list and the sheet, and a key switched to strict refuses it from then on', async () => {
  await using upstream = await startScriptedUpstream(openAiScript({ models: ['alpha'] }));
  await using gateway = await startGateway({
    config: { version: 1, providers: [{ id: 'lab', kind: 'openai-compatible', baseUrl: upstream.baseUrl }] },
  });
  await using opened = await openWindow(browser, `${gateway.ready.control}/requests#token=${gateway.ready.controlToken}`);
  const { page, troubles } = opened;
  await page.getByText('No requests yet').waitFor();
  const content = [{ type: 'text', text: 'hi', cache_control: { type: 'ephemeral' } }];
  const ask = async () => {
    const answer = await fetch(`${gateway.url}/v1/messages`, {
      method: 'POST',
      headers: { 'x-api-key': gateway.clientKey, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'lab/alpha', max_tokens: 9, messages: [{ role: 'user', content }] }),
    });
    return answer.status;
  };
  expect(await ask()).toBe(200);
  await page.locator('[data-request]').getByText('1 field left out').waitFor();
  await page.locator('[data-request] a').click();
  const sheet = page.getByRole('dialog');
  await sheet.getByText('Asked as Anthropic messages, sent as OpenAI chat.').waitFor();
  await sheet.getByText('messages.*.content.*.cache_control').waitFor();
  await page.keyboard.press('Escape');

  await goTo(page, 'Settings');
  await page.getByRole('button', { name: 'Edit test' }).click();
  await page.getByText('Models, privacy, end').click();
  await page.getByRole('switch', { name: 'Strict' }).click();
  await page.getByLabel('Name of the program').press('Enter');
  await expect.poll(async () => (await gateway.call('clients.list', {})).items[0]?.strict).toBe(true);
  expect(await ask()).toBe(400);
  const keep = page.getByRole('switch', { name: 'Keep answers' });
  expect(await keep.isChecked()).toBe(true);
  await keep.click();
  await expect.poll(async () => (await gateway.call('config.get', {})).effective.responses.keep).toBe(false);
  await expect.poll(() => keep.isChecked()).toBe(false);
  expect(troubles).toEqual([]);
});
