/** The living config: what comes into force, in which order, and what a failure leaves behind. */
import { readFile, rm, stat, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ConfigFileError } from '../../../gateway/config/config-file.ts';
import type { ConfigState, ConfigVersion } from '../../../gateway/config/config-store.ts';
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

describe('opening', () => {
  test('a first start writes a document to edit, private, and keeps it as version 1', async () => {
    const store = await openStore();
    expect(store.current()).toMatchObject({ version: 1, document: await fileDocument(), overrides: [] });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(history).toEqual([
      { version: 1, documentJson: JSON.stringify(await fileDocument()), savedAtMs: 1_700_000_000_000, source: 'first-start' },
    ]);
  });

  test('an unchanged document keeps its version over a restart; one edited meanwhile gets the next', async () => {
    await openStore();
    expect((await openStore()).current().version).toBe(1);
    await writeFile(file, JSON.stringify(withPort(5000)));
    expect((await openStore()).current()).toMatchObject({ version: 2, effective: { listen: { port: 5000 } } });
    expect(history.map(({ version, source }) => `${version} ${source}`)).toEqual(['1 first-start', '2 file']);
  });

  test('a document that cannot be used is refused with file and field, and left as it is', async () => {
    await writeFile(file, '{"version":1,"listen":{"port":"x"}}');
    const refusal = await openStore().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ConfigFileError);
    expect(refusal).toMatchObject({ field: 'listen.port', message: expect.stringContaining(file) });
    expect(await readFile(file, 'utf8')).toBe('{"version":1,"listen":{"port":"x"}}');
    expect(history).toEqual([]);
  });

  test('a file that a person named and that is not there is refused, and none is made', async () => {
    await expect(openStore({ mustExist: true })).rejects.toThrow(/config\.json: is not there; mend the name after --config/);
    await expect(stat(file)).rejects.toThrow(/ENOENT/);
    expect(history).toEqual([]);
    await writeFile(file, JSON.stringify(withPort(5000)));
    expect((await openStore({ mustExist: true })).current().effective.listen.port).toBe(5000);
  });

  test('where no document can be made, the refusal says so', async () => {
    await expect(openStore({ file: path.join(fixture.folder, 'none', 'config.json') })).rejects.toThrow(
      /is not there and cannot be made/,
    );
  });
});

describe('applying', () => {
  test('a new document is activated first, then in the file, then in the history, then current', async () => {
    const steps: string[] = [];
    const look = async (step: string): Promise<void> => {
      const { listen } = JSON.parse(await readFile(file, 'utf8'));
      steps.push(`${step}: file ${listen.port}, current ${fixture.stores[0]?.current().version}`);
    };
    const store = await openStore({
      saveVersion: () => look('history'),
      onChange: ({ version }) => steps.push(`changed to ${version}`),
    });
    await store.apply(withPort(5000), 1, () => look('activate'));
    expect(steps.slice(1)).toEqual(['activate: file 4283, current 1', 'history: file 5000, current 1', 'changed to 2']);
  });

  test('every accepted document is a version of its own, and everyone is told', async () => {
    const onChange = vi.fn<(state: ConfigState, source: string) => void>();
    const store = await openStore({ onChange });
    const state = await store.apply(withPort(5000), 1, activate);
    expect(state).toBe(store.current());
    expect(state).toMatchObject({ version: 2, document: withPort(5000), effective: { listen: { port: 5000 } } });
    expect(await fileDocument()).toEqual(withPort(5000));
    expect(history.at(-1)).toMatchObject({ version: 2, documentJson: JSON.stringify(withPort(5000)), source: 'call' });
    expect(onChange).toHaveBeenCalledExactlyOnceWith(state, 'call');
    expect((await store.apply(withPort(5000), 2, activate)).version).toBe(3);
  });

  test('a stale base version is a conflict that names the current one, and nothing is activated', async () => {
    const store = await openStore();
    await store.apply(withPort(5000), 1, activate);
    await expect(store.apply(withPort(6000), 1, activate)).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining('version 2'),
    });
    expect(running).toHaveLength(1);
    expect(await fileDocument()).toEqual(withPort(5000));
  });

  test('of many applies from one base version, one wins', async () => {
    const store = await openStore();
    const results = await Promise.allSettled([5001, 5002, 5003, 5004].map((port) => store.apply(withPort(port), 1, activate)));
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
    expect(await fileDocument()).toEqual(withPort(5001));
  });

  test('applies run one at a time, in order, and each ends in the file before the next begins', async () => {
    const store = await openStore();
    const seen: unknown[] = [];
    await Promise.all(
      [5001, 5002, 5003].map((port) => store.apply(withPort(port), undefined, async () => void seen.push(await fileDocument()))),
    );
    expect(seen.slice(1)).toEqual([withPort(5001), withPort(5002)]);
    expect(await fileDocument()).toEqual(withPort(5003));
  });

  test('an invalid document is refused with the field, before anything is activated', async () => {
    const store = await openStore();
    const before = await readFile(file, 'utf8');
    await expect(store.apply({ version: 1, listen: { prot: 1 } }, undefined, activate)).rejects.toMatchObject({
      kind: 'invalid',
      field: 'listen.prot',
      message: expect.stringContaining('listen.prot'),
    });
    expect(running).toEqual([]);
    expect(await readFile(file, 'utf8')).toBe(before);
    expect(store.current().version).toBe(1);
  });

  test('what cannot be activated changes nothing, and its own error is passed on', async () => {
    const store = await openStore();
    const [state, text] = [store.current(), await readFile(file, 'utf8')];
    const taken = new Error('port 5000 is taken');
    await expect(store.apply(withPort(5000), undefined, async () => Promise.reject(taken))).rejects.toBe(taken);
    expect(store.current()).toBe(state);
    expect(await readFile(file, 'utf8')).toBe(text);
    expect(history).toHaveLength(1);
    expect((await store.apply(withPort(6000), 1, activate)).version).toBe(2);
  });

  test('when the file cannot be written, the config before runs again', async () => {
    const store = await openStore();
    const breakFolder = async (config: GatewayConfig): Promise<void> => {
      running.push(config);
      if (running.length === 1) await rm(fixture.folder, { recursive: true });
    };
    await unlink(file);
    await expect(store.apply(withPort(5000), undefined, breakFolder)).rejects.toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(/could not be saved.*runs again/),
    });
    expect(running.map((config) => config.listen.port)).toEqual([5000, 4283]);
    expect(store.current().version).toBe(1);
  });

  test('when the version cannot be kept, the file holds the document before and that one runs again', async () => {
    let broken = false;
    const store = await openStore({
      saveVersion: (version) => {
        if (broken) throw new Error('The log cannot be written.');
        history.push(version);
      },
    });
    const before = await readFile(file, 'utf8');
    broken = true;
    await expect(store.apply(withPort(5000), 1, activate)).rejects.toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('The log'),
    });
    expect(await readFile(file, 'utf8')).toBe(before);
    expect(running.map((config) => config.listen.port)).toEqual([5000, 4283]);
    broken = false;
    expect((await store.apply(withPort(5000), 1, activate)).version).toBe(2);
  });

  test('an edit that was not noticed yet becomes a version instead of being overwritten unseen', async () => {
    const store = await openStore();
    await writeFile(file, JSON.stringify(withPort(7000)));
    await expect(store.apply(withPort(5000), 1, activate)).rejects.toMatchObject({ kind: 'conflict' });
    expect(store.current()).toMatchObject({ version: 2, document: withPort(7000) });
    expect(history.at(-1)).toMatchObject({ source: 'file' });
  });

  test('an edit at the very moment of an apply is kept, and the apply is the one that gives way', async () => {
    const store = await openStore();
    const editMeanwhile = async (config: GatewayConfig): Promise<void> => {
      if (running.push(config) === 1) await writeFile(file, JSON.stringify(withPort(7000)));
    };
    await expect(store.apply(withPort(5000), 1, editMeanwhile)).rejects.toMatchObject({ kind: 'conflict' });
    expect(await fileDocument()).toEqual(withPort(7000));
    expect(running.map((config) => config.listen.port)).toEqual([5000, 4283]);
  });

  test('the caller changing its object afterwards changes nothing here', async () => {
    const store = await openStore();
    const document = withPort(5000);
    await store.apply(document, undefined, activate);
    document.listen.port = 1;
    expect(store.current().document).toEqual(withPort(5000));
  });

  test('after close, an apply is refused and nothing is written', async () => {
    const store = await openStore();
    await store.close();
    await expect(store.apply(withPort(5000), undefined, activate)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(history).toHaveLength(1);
  });
});
