/** Asks the control listener calls as scripts and windows do, and looks at what it tells and what it keeps to itself. */
import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { CallError, callTable } from '../../gateway/contract/calls.ts';
import { ControlPortTakenError, openControlListener } from '../../gateway/control/open-control-listener.ts';
import { createEventBus } from '../../gateway/control/event-bus.ts';
import {
  controlToken,
  fakeHandlers,
  type FakeControl,
  openFakeControl,
  runningStatus,
  sampleRequest,
} from '../support/fake-control.ts';

const opened: FakeControl[] = [];
afterEach(async () => {
  for (const { listener } of opened.splice(0)) await listener.close();
});

async function openWith(changes: Parameters<typeof fakeHandlers>[0] = {}): Promise<FakeControl> {
  const control = await openFakeControl({ handlers: fakeHandlers(changes) });
  opened.push(control);
  return control;
}

async function call({ listener }: FakeControl, name: string, body: string | object = {}) {
  const response = await fetch(`${listener.url}/control/calls/${name}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${controlToken}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const answer: unknown = await response.json();
  return { status: response.status, requestId: response.headers.get('x-request-id'), answer };
}

describe('calls', () => {
  test('every call of the table is answered, and nothing else is', async () => {
    const control = await openWith();
    const inputs: Readonly<Record<string, object>> = {
      'config.apply': { config: { version: 1 } },
      'secrets.set': { name: 'lab', value: 'sk-123456' },
      'secrets.delete': { name: 'lab' },
      'clients.create': { name: 'agent' },
      'clients.update': { id: 'client_1', strict: true },
      'requests.get': { id: 'req_1' },
      'decision.explain': { request: { model: 'a' } },
      'config.version': { version: 1 },
      'config.diff': { from: 1, to: 2 },
      'config.restore': { version: 1 },
      'policy.validate': { rules: [] },
      'prices.reprice': { fromMs: 0, toMs: 1 },
      'usage.query': { fromMs: 0, toMs: 1 },
      'usage.export': { query: { fromMs: 0, toMs: 1 }, format: 'csv' },
      'alerts.see': { ids: ['one'] },
      'local-models.copy': { source: 'qwen3:8b', destination: 'mine' },
      'local-models.set-options': { model: 'qwen3:8b', options: {} },
    };
    const ofModel = /^local-models\.(?:show|pull|pause|resume|cancel|load|unload|delete)$/;

    for (const name of Object.keys(callTable)) {
      const usual = ofModel.test(name) ? { model: 'qwen3:8b' } : {};
      const input = inputs[name] ?? (/\.(?:check|models|keys|revoke|rotate|reopen)$/.test(name) ? { id: 'demo' } : usual);
      expect({ name, ...(await call(control, name, input)) }).toMatchObject({ name, status: 200, answer: { ok: true } });
    }
    for (const name of ['toString', '__proto__', 'constructor', 'hasOwnProperty', 'status', 'status.get%20']) {
      expect(await call(control, name)).toMatchObject({ status: 404, answer: { ok: false, error: { kind: 'not-found' } } });
    }
  });

  test('a handler gets its input with the defaults filled in', async () => {
    const limits: number[] = [];
    const control = await openWith({
      'requests.list': ({ limit }) => {
        limits.push(limit);
        return { items: [], nextCursor: null };
      },
    });
    await call(control, 'requests.list');
    await call(control, 'requests.list', { limit: 7 });
    expect(limits).toEqual([50, 7]);
  });

  test.each([
    ['secrets.set', { name: 'lab' }, 'value', 'The field value is missing.'],
    ['requests.list', { limit: 0 }, 'limit', 'The field limit was refused'],
    ['requests.list', { filter: { state: ['ok'] } }, 'filter', 'The field filter was refused'],
    ['status.get', { port: 1 }, 'port', 'The field port is not known to this call; leave it out.'],
  ])('a wrong input of %s (%j) is 400 and names %s', async (name, input, field, message) => {
    const { status, answer } = await call(await openWith(), name, input);
    expect(status).toBe(400);
    expect(answer).toMatchObject({ ok: false, error: { kind: 'invalid', field, message: expect.stringContaining(message) } });
  });

  test.each(['[]', '"text"', 'null', '7'])('an input that is no object (%s) is 400', async (body) => {
    expect(await call(await openWith(), 'status.get', body)).toMatchObject({
      status: 400,
      answer: { error: { kind: 'invalid' } },
    });
  });

  test('a refused value is never repeated in the answer', async () => {
    const { answer } = await call(await openWith(), 'secrets.set', { name: 'Not Allowed', value: 'sk-canary-1' });
    expect(answer).toMatchObject({ ok: false, error: { field: 'name' } });
    expect(JSON.stringify(answer)).not.toMatch(/canary|Not Allowed/);
  });

  test.each([
    ['', 'not sound JSON'],
    ['{"a":', 'not sound JSON'],
    ['{"a":"\u00ff', 'not sound JSON'],
    ['['.repeat(100_000), 'deeper than 64'],
  ])('a body that cannot be read (%#) is 400, and the listener lives on', async (body, message) => {
    const control = await openWith();
    const { status, answer } = await call(control, 'status.get', body);
    expect(status).toBe(400);
    expect(answer).toMatchObject({ error: { kind: 'invalid', message: expect.stringContaining(message) } });
    expect((await call(control, 'status.get')).status).toBe(200);
  });

  test('__proto__ in a body changes nothing but is an unknown field', async () => {
    const answer = await call(await openWith(), 'status.get', '{"__proto__":{"polluted":true}}');
    expect(answer.status).toBeLessThan(500);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});

describe('errors', () => {
  test.each([
    ['invalid', 400],
    ['unauthorized', 401],
    ['forbidden', 403],
    ['not-found', 404],
    ['conflict', 409],
    ['unavailable', 503],
    ['failed', 500],
  ] as const)('a handler that refuses with %s is answered %i in its own words', async (kind, status) => {
    const control = await openWith({
      'requests.get': () => {
        throw new CallError(kind, 'There is no such request.', 'id');
      },
    });
    const answer = await call(control, 'requests.get', { id: 'req_1' });
    expect(answer).toMatchObject({
      status,
      answer: { ok: false, error: { kind, message: 'There is no such request.', field: 'id' } },
    });
    expect(control.failures).toEqual([]);
  });

  test('a handler that breaks is answered 500 without details, and the log gets them under the same id', async () => {
    const broken = new Error('SQLITE_CORRUPT at /home/ada/.gatehouse');
    const control = await openWith({ 'status.get': () => Promise.reject(broken) });
    const { status, answer, requestId } = await call(control, 'status.get');
    expect(status).toBe(500);
    expect(JSON.stringify(answer)).not.toMatch(/SQLITE|ada/);
    expect(JSON.stringify(answer)).toContain(requestId);
    expect(control.failures).toEqual([{ requestId, call: 'status.get', error: broken }]);
  });

  test('a value that breaks the call table is never sent', async () => {
    const wrong = Object.assign({ ...runningStatus }, { port: 'sk-canary-2' as unknown as number });
    const control = await openWith({ 'status.get': () => wrong });
    const { status, answer } = await call(control, 'status.get');
    expect(status).toBe(500);
    expect(JSON.stringify(answer)).not.toContain('canary');
    expect(control.failures).toHaveLength(1);
    expect(String(control.failures[0]?.error)).toContain('The field port was refused');
  });

  test('a field that the table does not name is left out of the answer', async () => {
    const item = Object.assign(sampleRequest(), { apiKey: 'sk-canary-3' });
    const control = await openWith({ 'requests.list': () => ({ items: [item], nextCursor: null }) });
    const { answer } = await call(control, 'requests.list');
    expect(answer).toMatchObject({ ok: true, value: { items: [{ id: item.id }] } });
    expect(JSON.stringify(answer)).not.toContain('canary');
  });
});

describe('opening and closing', () => {
  const options = {
    host: '127.0.0.1',
    token: controlToken,
    handlers: fakeHandlers(),
    uiDirectory: null,
    reportFailure: () => {},
  };
  const events = createEventBus({ capacity: 10 });

  test('a taken port is an error by name that says the port', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    const address = squatter.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const refusal = await openControlListener({ ...options, events, port }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ControlPortTakenError);
    expect(String(refusal)).toContain(`port ${port} on 127.0.0.1 is taken`);
    await new Promise((resolve) => squatter.close(resolve));
  });

  test('an empty token is refused: nobody may come in by sending nothing', async () => {
    await expect(openControlListener({ ...options, events, port: 0, token: '' })).rejects.toThrow('token must not be empty');
  });

  test('closing lets a call under way finish and refuses new connections', async () => {
    let release = (): void => {};
    const started = new Promise<void>((resolve) => {
      release = resolve;
    });
    let finish = (): void => {};
    const control = await openFakeControl({
      handlers: fakeHandlers({
        'status.get': () => {
          release();
          return new Promise((resolve) => {
            finish = () => resolve(runningStatus);
          });
        },
      }),
    });
    const answer = call(control, 'status.get');
    await started;
    const closed = control.listener.close();
    finish();
    expect((await answer).status).toBe(200);
    await closed;
    await expect(call(control, 'status.get')).rejects.toThrow();
  });
});
