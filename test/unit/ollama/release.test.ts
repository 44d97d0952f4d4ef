/** Releases of the engine: fetched with gaps, held against their checksum, used, replaced and returned to. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LocalEngineParts } from '../../../gateway/ollama/local-engine.ts';
import { noReleaseWords, pinnedRelease, type ReleaseFile } from '../../../gateway/ollama/release/pinned-release.ts';
import { ReleaseStore } from '../../../gateway/ollama/release/release-store.ts';
import { openNetwork } from '../../../gateway/upstream/network.ts';
import { engineLab } from '../../support/engine-lab.ts';
import { makeTar } from '../../support/make-archive.ts';
import { type ReleaseServer, sha256, startReleaseServer } from '../../support/release-server.ts';
import { installStandIn, standInSkip } from '../../support/stand-in-ollama/install.ts';

const network = openNetwork();
afterAll(() => network.close());

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-release-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const never = new AbortController().signal;

const archive = (): Buffer =>
  gzipSync(
    makeTar([
      { name: 'bin/', type: '5' },
      { name: 'bin/ollama', content: 'program', mode: 0o755 },
      { name: 'lib/big', content: 'x'.repeat(300_000) },
    ]),
  );

function releaseOf({ url, content }: ReleaseServer, changes: Partial<ReleaseFile> = {}): ReleaseFile {
  const known = { version: '1.2.3', form: 'tgz', program: 'bin/ollama', unpackedBytes: 10_000_000 } as const;
  return { ...known, url, sha256: sha256(content), bytes: content.length, ...changes };
}

function fetchRelease(release: ReleaseFile, freeBytes?: () => Promise<number>, signal = never) {
  const told: number[] = [];
  const steps: string[] = [];
  const store = new ReleaseStore(join(folder, 'releases'));
  const done = store.fetch(release, {
    send: network.send,
    signal,
    onProgress: (bytes) => void told.push(bytes),
    onVerifying: () => void steps.push('verifying'),
    onUnpacking: () => void steps.push('unpacking'),
    ...(freeBytes ? { freeBytes } : {}),
  });
  return { done, told, steps, store };
}

describe('a download', () => {
  test('follows a redirect, is verified, unpacked, and leaves only the release', async () => {
    await using server = await startReleaseServer(archive());
    const { done, told, steps, store } = fetchRelease(releaseOf(server));
    await done;
    expect(told.at(-1)).toBe(server.content.length);
    expect(steps).toEqual(['verifying', 'unpacking']);
    expect(await store.installed('bin/ollama')).toEqual(['1.2.3']);
    expect(readdirSync(join(folder, 'releases'))).toEqual(['1.2.3']);
    expect(statSync(store.programOf('1.2.3', 'bin/ollama')).mode & 0o777).toBe(0o755);
  });

  test('F-74 goes on where it broke off, as often as something came', async () => {
    // Noise, so that it stays as long when it is packed.
    const noise = Array.from({ length: 40_000 }, (_, place) => ((place * 2_654_435_761) >>> 0).toString(36)).join('');
    await using server = await startReleaseServer(gzipSync(makeTar([{ name: 'bin/ollama', content: noise, mode: 0o755 }])));
    server.cutAfter = Math.ceil(server.content.length / 3);
    await fetchRelease(releaseOf(server)).done;
    expect(server.ranges.length).toBe(3);
    expect(server.ranges[0]).toBe('');
    expect(server.ranges.slice(1).every((range) => /^bytes=[1-9]\d*-$/.test(range))).toBe(true);
  });

  test('begins anew where what it had was of another file', async () => {
    await using server = await startReleaseServer(archive());
    const release = releaseOf(server);
    const aborting = new AbortController();
    server.cutAfter = 100;
    const first = fetchRelease(release, undefined, aborting.signal);
    await expect.poll(() => first.told.length).toBeGreaterThan(0);
    aborting.abort(new Error('ended'));
    await expect(first.done).rejects.toThrow('ended');
    const kept = statSync(join(folder, 'releases/download-1.2.3.tgz.part')).size;
    expect(kept).toBeGreaterThan(0);
    server.content = gzipSync(makeTar([{ name: 'bin/ollama', content: 'another', mode: 0o755 }]), { level: 1 });
    server.cutAfter = null;
    const { done, store } = fetchRelease(releaseOf(server));
    await done;
    expect(readFileSync(store.programOf('1.2.3', 'bin/ollama'), 'utf8')).toBe('another');
  });

  test('of a wrong checksum is thrown away, and nothing of it is unpacked', async () => {
    await using server = await startReleaseServer(archive());
    const { done, steps } = fetchRelease(releaseOf(server, { sha256: '0'.repeat(64) }));
    await expect(done).rejects.toThrow('its checksum differs');
    expect(steps).toEqual(['verifying']);
    expect(readdirSync(join(folder, 'releases'))).toEqual([]);
  });

  test('leaves a release that is there as it is when the one fetched in its place cannot be unpacked', async () => {
    await using server = await startReleaseServer(archive());
    await fetchRelease(releaseOf(server)).done;
    server.content = gzipSync('no archive at all');
    const { done, store } = fetchRelease(releaseOf(server));
    await expect(done).rejects.toThrow('The release');
    expect(readFileSync(store.programOf('1.2.3', 'bin/ollama'), 'utf8')).toBe('program');
    server.content = archive();
    rmSync(join(folder, 'releases', 'download-1.2.3.tgz.part'));
    await fetchRelease(releaseOf(server)).done;
    expect(readFileSync(store.programOf('1.2.3', 'bin/ollama'), 'utf8')).toBe('program');
  });

  test('does not begin where the disk has no room for it and what it unpacks to', async () => {
    await using server = await startReleaseServer(archive());
    const { done } = fetchRelease(releaseOf(server), async () => 5_000_000);
    await expect(done).rejects.toThrow(
      /^There is not enough room for it: it needs 0\.0 GB on the disk of .*, and 0\.0 GB are free\./,
    );
    expect(server.ranges).toEqual([]);
  });

  test('says that the server does not have it, or cannot be reached', async () => {
    await using server = await startReleaseServer(archive());
    const gone = releaseOf(server, { url: server.url.replace('/release', '/none') });
    server.content = Buffer.alloc(0);
    await expect(fetchRelease({ ...gone, url: 'http://127.0.0.1:1/release' }).done).rejects.toThrow(
      'The server cannot be reached',
    );
  });

  test('is on offer for every kind of machine that a checksum is known of, and for no other', () => {
    for (const machine of ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64', 'win32-arm64']) {
      const [platform = '', arch = ''] = machine.split('-');
      const release = pinnedRelease(platform, arch);
      expect(release?.sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(release?.url).toContain(`/v${release?.version}/`);
    }
    expect(pinnedRelease('freebsd', 'x64')).toBe(null);
    expect(noReleaseWords('freebsd', 'x64')).toContain('freebsd, x64');
  });
});

describe('an engine that is downloaded', () => {
  beforeEach((context) => context.skip(standInSkip !== null, standInSkip ?? ''));

  /** The stand-in, packed as a release is. */
  const packed = (version: string): Buffer => {
    const { executable, tell, folder: place } = installStandIn(join(folder, `stand-in-${version}`));
    tell({ version });
    const read = (file: string) => readFileSync(file, 'utf8');
    return zstdCompressSync(
      makeTar([
        { name: 'bin/ollama', content: read(executable), mode: 0o755 },
        { name: 'bin/stand-in.json', content: read(join(place, 'stand-in.json')) },
      ]),
    );
  };
  const bare = (changes: Partial<LocalEngineParts>): Partial<LocalEngineParts> => ({
    place: { platform: process.platform, environment: { PATH: '/usr/bin:/bin', OLLAMA_HOST: '127.0.0.1:1' }, homeFolder: folder },
    ...changes,
  });

  test('is fetched, used before any other, replaced by a newer one, and returned to', async () => {
    await using server = await startReleaseServer(packed('1.0.0'));
    const release = releaseOf(server, { version: '1.0.0', form: 'tar.zst' });
    await using lab = engineLab({}, bare({ release }));
    await lab.engine.open();
    expect(lab.engine.state()).toMatchObject({ phase: 'none-found', offer: { version: '1.0.0', sha256: release.sha256 } });
    await expect(lab.engine.start()).rejects.toThrow('No Ollama is installed here');
    expect(lab.engine.download()).toMatchObject({ phase: 'downloading', download: { state: 'running', step: 'fetching' } });
    await lab.until(({ phase }) => phase === 'installed-not-running');
    expect(await lab.engine.start()).toMatchObject({
      phase: 'running',
      version: '1.0.0',
      binary: { source: 'downloaded', version: '1.0.0' },
    });
    await lab.engine.close();

    server.content = packed('2.0.0');
    const newer = releaseOf(server, { version: '2.0.0', form: 'tar.zst' });
    const second = lab.reopen(bare({ release: newer }));
    await second.open();
    await lab.until(({ phase }) => phase === 'running');
    second.download();
    expect(await lab.until(({ restartNeeded }) => restartNeeded)).toMatchObject({ phase: 'running', version: '1.0.0' });
    expect(second.state().releases).toEqual([
      { version: '2.0.0', inUse: true },
      { version: '1.0.0', inUse: false },
    ]);
    expect(await second.restart()).toMatchObject({ version: '2.0.0' });
    expect(await second.returnToPrevious()).toMatchObject({ phase: 'running', version: '1.0.0' });
  });

  test('can be cancelled, and fails with its reason in words', async () => {
    await using server = await startReleaseServer(packed('1.0.0'));
    const release = releaseOf(server, { version: '1.0.0', form: 'tar.zst', sha256: '1'.repeat(64) });
    await using lab = engineLab({}, bare({ release }));
    await lab.engine.open();
    lab.engine.download();
    const failed = await lab.until(({ download }) => download?.state === 'failed');
    expect(failed).toMatchObject({ phase: 'none-found', download: { reason: expect.stringContaining('its checksum differs') } });
    expect(await lab.engine.cancelDownload()).toMatchObject({ download: null });
  });
});
