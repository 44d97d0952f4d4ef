/** Asks for the files of the interface: which are there, with which policy, and that no other file ever is. */
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { controlToken, type FakeControl, openFakeControl } from '../support/fake-control.ts';
import { exchangeRaw, rawRequest } from '../support/raw-http.ts';
import { makeSampleInterface } from '../support/sample-interface.ts';

const opened: FakeControl[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const { listener } of opened.splice(0)) await listener.close();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function open(uiDirectory: string | null): Promise<FakeControl> {
  const control = await openFakeControl({ uiDirectory });
  opened.push(control);
  return control;
}

function get({ listener }: FakeControl, path: string, headers: readonly string[] = [], method = 'GET') {
  return exchangeRaw(listener.port, rawRequest([`${method} ${path} HTTP/1.1`, `Host: 127.0.0.1:${listener.port}`, ...headers]));
}

const navigation = ['Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document', 'Sec-Fetch-Site: none'];

function buildInterface(): string {
  const folder = makeSampleInterface();
  folders.push(dirname(folder));
  return folder;
}

describe('the interface', () => {
  test('is served without a token and may load only its own files', async () => {
    const control = await open(buildInterface());
    const answer = await get(control, '/');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.has('x-request-id')).toBe(true);
  });

  test('HEAD tells the size and sends nothing', async () => {
    const control = await open(buildInterface());
    const whole = await get(control, '/assets/style.css');
    const head = await exchangeRaw(
      control.listener.port,
      rawRequest(['HEAD /assets/style.css HTTP/1.1', `Host: 127.0.0.1:${control.listener.port}`, 'Connection: close']),
    );
    expect(head.status).toBe(200);
    expect(head.headers.get('content-length')).toBe(whole.headers.get('content-length'));
    expect(head.body).toBe('');
  });

  test('other methods are a stranger’s', async () => {
    const control = await open(buildInterface());
    expect((await get(control, '/', ['Content-Length: 0'], 'POST')).status).toBe(401);
  });
});

describe('its files', () => {
  test('are served as they are; only what its name changes with may be cached', async () => {
    const control = await open(buildInterface());
    expect((await get(control, '/')).body).toBe('<title>Built</title>');
    const asset = await get(control, '/assets/app-B3x9_kQ1.js');
    expect(asset.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect((await get(control, '/assets/style.css')).headers.get('cache-control')).toBe('no-store');
    expect((await get(control, '/page.css')).status).toBe(401);
  });

  test('opens at the address of a screen, but only for a browser that navigates', async () => {
    const control = await open(buildInterface());
    for (const path of ['/requests', '/providers/lab', '/requests?state=ok']) {
      expect((await get(control, path, navigation)).body).toBe('<title>Built</title>');
      expect((await get(control, path)).status).toBe(401);
    }
    for (const path of ['/control/events', '/control/calls/status.get', '/control', '/missing.js', '/a/%2e%2e', '/favicon.ico']) {
      expect((await get(control, path, navigation)).body).not.toContain('Built');
    }
  });

  test.each([
    '/notes.secret',
    '/../outside.js',
    '/%2e%2e/outside.js',
    '/assets/..%2f..%2foutside.js',
    '/assets/%2e%2e/%2e%2e/outside.js',
    '//outside.js',
    '/assets',
    '/assets/',
    '/.env',
  ])('%s gives nothing away, with a token neither', async (path) => {
    const control = await open(buildInterface());
    for (const headers of [[], [`Authorization: Bearer ${controlToken}`]]) {
      const answer = await get(control, path, headers);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.body).not.toContain('canary');
    }
  });

  test('a file that vanished since the start is 404, not a crash', async () => {
    const folder = buildInterface();
    const control = await open(folder);
    await rm(join(folder, 'assets', 'style.css'));
    expect((await get(control, '/assets/style.css')).status).toBe(404);
    expect((await get(control, '/')).status).toBe(200);
  });

  test('where no interface was built, nothing is served without the token', async () => {
    expect((await get(await open(null), '/', navigation)).status).toBe(401);
  });

  test('a folder without an index is refused at the start, by name', async () => {
    const folder = buildInterface();
    await rm(join(folder, 'index.html'));
    await expect(openFakeControl({ uiDirectory: folder })).rejects.toThrow(`${folder} has no index.html`);
  });
});
