/** The config file edited by hand while the gateway runs, and what flags lay over it. */
import { readdir, readFile, unlink, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ConfigVersion } from '../../../gateway/config/config-store.ts';
import type { GatewayConfig } from '../../../gateway/contract/config.ts';
import { createStoreFixture, type StoreFixture, withPort } from './store-fixture.ts';

let fixture: StoreFixture;
let openStore: StoreFixture['openStore'];
let file: string;
let running: GatewayConfig[];
let history: ConfigVersion[];

const activate = (config: GatewayConfig): Promise<void> => fixture.activate(config);
const fileDocument = (): Promise<unknown> => fixture.fileDocument();

beforeEach(async () => {
  fixture = await createStoreFixture();
  ({ openStore, file, running, history } = fixture);
});

afterEach(() => fixture.close());

describe('editing the file by hand', () => {
  test('a sound edit comes into force by itself', async () => {
    const onChange = vi.fn();
    const store = await openStore({ onChange });
    store.followFile(activate);
    await writeFile(file, JSON.stringify(withPort(7000)));
    await vi.waitFor(() => expect(store.current().version).toBe(2), 3000);
    expect(running.map((config) => config.listen.port)).toEqual([7000]);
    expect(onChange).toHaveBeenCalledExactlyOnceWith(store.current(), 'file');
  });

  test('our own saves and mere changes of layout are no edits', async () => {
    const store = await openStore();
    store.followFile(activate);
    await store.apply(withPort(5000), undefined, activate);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await writeFile(file, '{"listen":{"port":5000},\n\n"version":1}');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(store.current().version).toBe(2);
    expect(running).toHaveLength(1);
    expect(store.problem()).toBeNull();
  });

  test('an edit that brings back the very text from before a save is an edit', async () => {
    const store = await openStore();
    const before = await readFile(file, 'utf8');
    await store.apply(withPort(5000), 1, activate);
    store.followFile(activate);
    await writeFile(file, before);
    await vi.waitFor(() => expect(store.current()).toMatchObject({ version: 3, effective: { listen: { port: 4283 } } }), 3000);
  });

  test('an unsound edit keeps the old config running, says why with its place, and mending it clears that', async () => {
    const onProblem = vi.fn();
    const store = await openStore({ onProblem });
    store.followFile(activate);
    await writeFile(file, '{\n  "version": 1,\n}');
    await vi.waitFor(() => expect(store.problem()?.message).toContain('line 2, column 15'), 3000);
    expect(store.problem()).toMatchObject({ id: 'config-file', message: expect.stringContaining(file) });
    await writeFile(file, '{"version":1,"acess":{}}');
    await vi.waitFor(() => expect(store.problem()?.message).toContain('acess'), 3000);
    expect([store.current().version, running.length]).toEqual([1, 0]);
    await writeFile(file, JSON.stringify(withPort(7000)));
    await vi.waitFor(() => expect(store.problem()).toBeNull(), 3000);
    expect(store.current().version).toBe(2);
    expect(onProblem.mock.calls.map(([problem]) => problem === null)).toEqual([false, false, true]);
  });

  test('saving over an unsound edit wins, and the refused text is kept beside the file', async () => {
    const store = await openStore();
    store.followFile(activate);
    await writeFile(file, 'half an edit');
    await vi.waitFor(() => expect(store.problem()).not.toBeNull(), 3000);
    await store.apply(withPort(5000), 1, activate);
    expect(store.problem()).toBeNull();
    expect(await readFile(`${file}.refused`, 'utf8')).toBe('half an edit');
    expect(await fileDocument()).toEqual(withPort(5000));
  });

  test('an edit that cannot be activated is a problem; saved again when it can be, it comes into force', async () => {
    const store = await openStore();
    let isFree = false;
    store.followFile(async () => {
      if (!isFree) throw new Error('Port 7000 is taken.');
    });
    await writeFile(file, JSON.stringify(withPort(7000)));
    await vi.waitFor(() => expect(store.problem()?.message).toContain('Port 7000 is taken.'), 3000);
    expect(store.current().version).toBe(1);
    isFree = true;
    await writeFile(file, JSON.stringify(withPort(7000)));
    await vi.waitFor(() => expect(store.current().version).toBe(2), 3000);
    expect(store.problem()).toBeNull();
  });

  test.each(['noticed', 'not noticed yet'])(
    'saving over a sound edit that could not be put to work, and was %s, keeps it',
    async (when) => {
      const store = await openStore();
      const activateButTaken = async (config: GatewayConfig): Promise<void> => {
        if (config.listen.port === 7000) throw new Error('Port 7000 is taken.');
      };
      const edit = JSON.stringify({ ...withPort(7000), aliases: { mine: { targets: ['demo/hello'] } } });
      await writeFile(file, edit);
      if (when === 'noticed') {
        store.followFile(activateButTaken);
        await vi.waitFor(() => expect(store.problem()?.message).toContain('Port 7000 is taken.'), 3000);
      }
      await store.apply(withPort(5000), 1, activateButTaken);
      expect(store.problem()).toBeNull();
      expect(await readFile(`${file}.refused`, 'utf8')).toBe(edit);
      expect(await fileDocument()).toEqual(withPort(5000));
      await store.apply(withPort(5001), 2, activateButTaken);
      expect(await readFile(`${file}.refused`, 'utf8')).toBe(edit);
    },
  );

  test('a deleted file stops nothing, is said, and the next save writes it again', async () => {
    const store = await openStore();
    store.followFile(activate);
    await unlink(file);
    await vi.waitFor(() => expect(store.problem()?.message).toContain('gone'), 3000);
    expect(store.current().version).toBe(1);
    await store.apply(withPort(5000), 1, activate);
    expect(store.problem()).toBeNull();
    expect(await readdir(fixture.folder)).toEqual(['config.json']);
  });
});

describe('overrides', () => {
  const overrides = [{ path: 'listen.port', value: 0, source: '--port' }];

  test('they hold for every version of this run, by call or by hand', async () => {
    const store = await openStore({ overrides });
    store.followFile(activate);
    expect(store.current()).toMatchObject({ overrides, effective: { listen: { port: 0 } } });
    await store.apply(withPort(5000), 1, activate);
    await writeFile(file, JSON.stringify(withPort(6000)));
    await vi.waitFor(() => expect(store.current().version).toBe(3), 3000);
    expect(running.map((config) => config.listen.port)).toEqual([0, 0]);
    expect(store.current()).toMatchObject({ document: withPort(6000), effective: { listen: { port: 0 } } });
  });

  test('whatever is saved, neither document nor file nor history ever holds one', async () => {
    const canary = 49_999;
    const store = await openStore({ overrides: [{ path: 'listen.port', value: canary, source: '--port' }] });
    const listen = fc.record({ port: fc.integer({ min: 0, max: 49_000 }), host: fc.constant('127.0.0.1') }, { requiredKeys: [] });
    const document = fc.record({ version: fc.constant(1), listen }, { requiredKeys: ['version'] });
    await fc.assert(
      fc.asyncProperty(document, async (saved) => {
        const state = await store.apply(saved, undefined, activate);
        expect(state.effective.listen.port).toBe(canary);
        expect(await fileDocument()).toEqual(JSON.parse(JSON.stringify(saved)));
        expect(JSON.stringify([state.document, history])).not.toContain(String(canary));
      }),
      { numRuns: 40 },
    );
  });
});
