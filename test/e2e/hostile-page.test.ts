/** Lets a real browser show a hostile page that tries everything a page can do to the gateway's ports. */
import { createServer, type Server } from 'node:http';
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { soundBody, tracesOf } from '../support/hostile-requests.ts';
import { chromiumPath, launchChromium, noChromium } from '../support/launch-chromium.ts';
import { openAiScript } from '../support/openai-script.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { type RunningGateway, startGateway } from '../support/start-gateway.ts';

let browser: Browser;
let context: BrowserContext;
let page: Page;
let upstream: ScriptedUpstream;
let gateway: RunningGateway;
/** Without keys a page needs none either: what stops it then is only what it cannot help sending. */
let keyless: RunningGateway;
let site: Server;
let sitePort = 0;

beforeAll(async () => {
  if (!chromiumPath) return;
  browser = await launchChromium([
    // Every name ends here, as an attacker's name server would have it.
    '--host-resolver-rules=MAP *.example 127.0.0.1',
    // The browser's own wall around this machine is luck: not every browser has it, and Electron switches it off.
    '--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets',
  ]);
  upstream = await startScriptedUpstream(openAiScript());
  site = createServer((_request, response) =>
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>page</title>'),
  );
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  const address = site.address();
  sitePort = typeof address === 'object' && address !== null ? address.port : 0;
  const config = {
    version: 1 as const,
    listen: { allowedOrigins: [`http://app.example:${sitePort}`] },
    providers: [{ id: 'lab', kind: 'openai-compatible' as const, baseUrl: upstream.baseUrl, models: ['m'] }],
  };
  gateway = await startGateway({ config });
  keyless = await startGateway({ config: { ...config, access: { requireKey: false } } });
});
afterAll(async () => {
  if (!chromiumPath) return;
  await browser.close();
  await gateway.stop();
  await keyless.stop();
  await upstream.stop();
  await new Promise((resolve) => site.close(resolve));
});
beforeEach(async (running) => {
  running.skip(!chromiumPath, noChromium);
  context = await browser.newContext();
  page = await context.newPage();
});
afterEach(() => context?.close());

interface Tried {
  readonly name: string;
  /** What the page could learn: `blocked`, `opaque`, or what it read. */
  readonly learned: string;
}

/** Runs in the page: every way to send something to another address, and what comes back of it. */
async function tryEverything({ url, key, body }: { url: string; key: string; body: string }): Promise<Tried[]> {
  const tried: Tried[] = [];
  const note = async (name: string, act: () => Promise<string>) => {
    const patience = new Promise<string>((resolve) => setTimeout(resolve, 3_000, 'nothing came'));
    tried.push({ name, learned: await Promise.race([act().catch(() => 'blocked'), patience]) });
  };
  const send = async (path: string, init: RequestInit) => {
    const answer = await fetch(url + path, init);
    return answer.type === 'opaque' ? 'opaque' : `${answer.status} ${await answer.text()}`;
  };
  const chat = '/v1/chat/completions';
  const json = () => new Blob([body], { type: 'application/json' });
  const bearer = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  await note('simple text post', () => send(chat, { method: 'POST', mode: 'no-cors', body }));
  await note('post of a JSON blob', () => send(chat, { method: 'POST', mode: 'no-cors', body: json() }));
  await note('post with credentials', () => send(chat, { method: 'POST', mode: 'no-cors', credentials: 'include', body }));
  await note('post with the key in the address', () => send(`${chat}?key=${key}`, { method: 'POST', mode: 'no-cors', body }));
  await note('JSON post with the key', () => send(chat, { method: 'POST', headers: bearer, body }));
  await note('list with the key', () => send('/v1/models', { headers: bearer }));
  await note('list with the key in the address', () => send(`/v1/models?key=${key}`, {}));
  await note('opaque list', () => send(`/v1/models?key=${key}`, { mode: 'no-cors' }));
  await note('health', () => send('/health', {}));
  await note('text beacon', async () => (navigator.sendBeacon(url + chat, body) ? 'opaque' : 'blocked'));
  await note('JSON beacon', async () => (navigator.sendBeacon(url + chat, json()) ? 'opaque' : 'blocked'));
  const element = (name: string, make: () => HTMLElement) =>
    note(name, () => {
      const made = make();
      return new Promise((resolve, reject) => {
        made.onload = () => resolve(`loaded ${made instanceof HTMLImageElement ? made.naturalWidth : ''}`);
        made.onerror = reject;
        document.body.append(made);
      });
    });
  await element('image', () => Object.assign(document.createElement('img'), { src: `${url}/v1/models?key=${key}` }));
  await element('script', () => Object.assign(document.createElement('script'), { src: `${url}/v1/models?key=${key}` }));
  await element('style', () => Object.assign(document.createElement('link'), { rel: 'stylesheet', href: `${url}/health` }));
  const first = (name: string, target: EventTarget, good: string) =>
    note(
      name,
      () =>
        new Promise((resolve, reject) => {
          target.addEventListener(good, () => resolve('open'));
          target.addEventListener('error', reject);
        }),
    );
  await first('event source', new EventSource(`${url}/v1/models?key=${key}`), 'open');
  await first('websocket', new WebSocket(`${url.replace('http', 'ws')}/v1/models?key=${key}`), 'open');
  for (const enctype of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
    const form = Object.assign(document.createElement('form'), {
      method: 'POST',
      action: `${url}${chat}?key=${key}`,
      enctype,
      target: 'sink',
    });
    const field = Object.assign(document.createElement('input'), { name: body.slice(0, -1), value: '}' });
    const sink = Object.assign(document.createElement('iframe'), { name: 'sink' });
    form.append(field);
    document.body.append(sink, form);
    form.submit();
    await new Promise((resolve) => setTimeout(resolve, 200));
    await note(`${enctype} form`, async () => sink.contentDocument?.body?.textContent ?? 'blocked');
    sink.remove();
  }
  return tried;
}

/** All that a hostile page may ever learn: that something was sent, and nothing of what came back. */
const harmless = ['blocked', 'opaque', ''];

describe.each([
  { name: 'another site', host: 'evil.example' },
  { name: 'the same machine by another port', host: '127.0.0.1' },
  { name: 'the same machine by name', host: 'localhost' },
])('a page of $name ($host)', ({ host }) => {
  test.each(['with keys', 'without keys'])(
    'W-02 to W-13 reads nothing and starts nothing at a gateway %s, even one whose key it knows',
    async (kind) => {
      const target = kind === 'with keys' ? gateway : keyless;
      const before = await tracesOf(target, upstream);
      await page.goto(`http://${host}:${sitePort}/`);
      const tried = await page.evaluate(tryEverything, { url: target.url, key: target.clientKey, body: soundBody });
      expect(tried.filter(({ learned }) => !harmless.includes(learned))).toEqual([]);
      expect(tried).toHaveLength(19);
      expect(await tracesOf(target, upstream)).toEqual(before);
    },
  );
});

/** Runs in the page: a JSON post with a key as a web app makes it, and a request of a method that no path has. */
async function askAsApp({ url, key, body }: { url: string; key: string; body: string }) {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const good = await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body });
  const refused = await fetch(`${url}/v1/models`, { headers: { authorization: 'Bearer no' } });
  const forbidden = await fetch(`${url}/v1/models`, { method: 'DELETE', headers }).catch(() => null);
  return {
    good: [good.status, good.headers.get('x-request-id')?.slice(0, 4), await good.text()],
    refused: [refused.status, await refused.text()],
    forbidden: forbidden === null,
  };
}

test('W-08 a page of an allowed origin asks with a key, reads answer, id and refusals, and only gets the methods a path has', async () => {
  await page.goto(`http://app.example:${sitePort}/`);
  const { good, refused, forbidden } = await page.evaluate(askAsApp, {
    url: gateway.url,
    key: gateway.clientKey,
    body: soundBody,
  });
  expect(good).toEqual([200, 'req_', expect.stringContaining('Hello from upstream.')]);
  expect(refused).toEqual([401, expect.stringContaining('invalid_api_key')]);
  expect(forbidden).toBe(true);
});

test('W-09 a sandboxed frame on a page of an allowed origin is still nobody', async () => {
  const before = await tracesOf(keyless, upstream);
  await page.goto(`http://app.example:${sitePort}/`);
  const heard = await page.evaluate((url) => {
    const script = `fetch('${url}/v1/models').then((answer) => answer.text(), () => 'blocked').then((text) => parent.postMessage(text, '*'))`;
    const frame = Object.assign(document.createElement('iframe'), { srcdoc: `<script>${script}</script>` });
    frame.setAttribute('sandbox', 'allow-scripts');
    document.body.append(frame);
    return new Promise((resolve) => addEventListener('message', ({ data }) => resolve(data)));
  }, keyless.url);
  expect(heard).toBe('blocked');
  expect(await tracesOf(keyless, upstream)).toEqual(before);
});

test('W-04 a form that takes the whole window along leaves the person with a refusal, and no trace', async () => {
  const before = await tracesOf(keyless, upstream);
  await page.goto(`http://evil.example:${sitePort}/`);
  const landed = page.waitForResponse((response) => response.url().startsWith(keyless.url));
  await page.evaluate(
    ({ url, body }) => {
      const form = Object.assign(document.createElement('form'), {
        method: 'POST',
        action: `${url}/v1/chat/completions`,
        enctype: 'text/plain',
      });
      form.append(Object.assign(document.createElement('input'), { name: body.slice(0, -1), value: '}' }));
      document.body.append(form);
      form.submit();
    },
    { url: keyless.url, body: soundBody },
  );
  expect((await landed).status()).toBe(403);
  expect(await tracesOf(keyless, upstream)).toEqual(before);
});

test('W-01 a page whose name was rebound to the gateway is the same origin for the browser, and is refused by its Host', async () => {
  const before = await tracesOf(keyless, upstream);
  const origin = `http://rebind.example:${keyless.port}`;
  // The page itself came while the name still led to the attacker's server.
  await page.route(`${origin}/`, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>page</title>' }),
  );
  await page.goto(`${origin}/`);
  const answers = await page.evaluate(async (body) => {
    const read = async (path: string, init?: RequestInit) => {
      const answer = await fetch(path, init);
      return `${answer.status} ${await answer.text()}`;
    };
    const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    return [await read('/v1/models'), await read('/health'), await read('/v1/chat/completions', json), await read('/nothing')];
  }, soundBody);
  expect(new Set(answers).size).toBe(1);
  expect(answers[0]).toMatch(/^403 .*host_not_allowed/);
  expect(await tracesOf(keyless, upstream)).toEqual(before);
});

test('W-06 W-15 the control port neither answers nor is framed by a hostile page, even one that knows the token', async () => {
  const { control, controlToken } = gateway.ready;
  const before = await gateway.call('config.get', {});
  await page.goto(`http://evil.example:${sitePort}/`);
  const learned = await page.evaluate(
    async ({ url, token }) => {
      const call = (init: RequestInit) =>
        fetch(`${url}/control/calls/gateway.stop`, { method: 'POST', body: '{}', ...init }).then(
          (answer) => answer.type,
          () => 'blocked',
        );
      const frame = Object.assign(document.createElement('iframe'), { src: `${url}/#token=${token}` });
      document.body.append(frame);
      const answers = [
        await call({ headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } }),
        await call({ mode: 'no-cors' }),
      ];
      navigator.sendBeacon(`${url}/control/calls/gateway.stop`, '{}');
      await new Promise((resolve) => setTimeout(resolve, 300));
      return answers;
    },
    { url: control, token: controlToken },
  );
  expect(['blocked', 'opaque']).toEqual(expect.arrayContaining(learned));
  const framed = page.frames().find((frame) => frame !== page.mainFrame());
  expect((await framed?.content().catch(() => '')) ?? '').not.toContain('Gatehouse');
  expect((await gateway.call('status.get', {})).state).toBe('running');
  expect(await gateway.call('config.get', {})).toEqual(before);
});
