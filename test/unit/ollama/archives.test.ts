/** Archives: unpacked into their folder and nowhere else, whole or not at all. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unpack } from '../../../gateway/ollama/release/unpack.ts';
import { makeTar, makeZip, type TarEntry, type ZipEntry } from '../../support/make-archive.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-archive-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const never = new AbortController().signal;

async function unpackTar(
  entries: readonly TarEntry[],
  form: 'tgz' | 'tar.zst' = 'tgz',
  unpackedBytes = 1_000_000,
): Promise<string> {
  const file = join(folder, `archive.${form}`);
  writeFileSync(file, (form === 'tgz' ? gzipSync : zstdCompressSync)(makeTar(entries)));
  const target = join(folder, 'out');
  await unpack(file, { form, unpackedBytes }, target, never);
  return target;
}

async function unpackZip(entries: readonly ZipEntry[]): Promise<string> {
  const file = join(folder, 'archive.zip');
  writeFileSync(file, makeZip(entries));
  const target = join(folder, 'out');
  await unpack(file, { form: 'zip', unpackedBytes: 1_000_000 }, target, never);
  return target;
}

describe('an archive', () => {
  test.each(['tgz', 'tar.zst'] as const)('of form %s keeps programs, links and long names', async (form) => {
    const long = `lib/${'deep/'.repeat(30)}file`;
    const out = await unpackTar(
      [
        { name: './bin/ollama', content: 'program', mode: 0o755 },
        { name: 'lib/libx.so.1.2', content: 'library' },
        { name: 'lib/libx.so', type: '2', target: 'libx.so.1.2' },
        { name: 'lib/up', type: '2', target: '../bin/ollama' },
        { name: 'lib/same', type: '1', target: 'lib/libx.so.1.2' },
        { name: long, content: 'far' },
      ],
      form,
    );
    expect(statSync(join(out, 'bin/ollama')).mode & 0o111).not.toBe(0);
    expect(statSync(join(out, 'lib/libx.so.1.2')).mode & 0o111).toBe(0);
    expect(readlinkSync(join(out, 'lib/libx.so'))).toBe('libx.so.1.2');
    expect(readFileSync(join(out, 'lib/up'), 'utf8')).toBe('program');
    expect(readFileSync(join(out, 'lib/same'), 'utf8')).toBe('library');
    expect(readFileSync(join(out, long), 'utf8')).toBe('far');
  });

  test('made by the tar of this machine is read, too', async (context) => {
    context.skip(process.platform === 'win32', 'not on this platform: tar makes other archives there');
    mkdirSync(join(folder, 'in/lib'), { recursive: true });
    writeFileSync(join(folder, 'in/lib/file'), 'content');
    execFileSync('tar', ['-czf', join(folder, 'archive.tgz'), '-C', join(folder, 'in'), '.']);
    await unpack(join(folder, 'archive.tgz'), { form: 'tgz', unpackedBytes: 1_000 }, join(folder, 'out'), never);
    expect(readFileSync(join(folder, 'out/lib/file'), 'utf8')).toBe('content');
  });

  test('of form zip keeps folders, stored and packed files', async () => {
    const out = await unpackZip([
      { name: 'lib/' },
      { name: 'ollama.exe', content: 'program'.repeat(1_000) },
      { name: 'lib/x.dll', content: 'library', stored: true },
    ]);
    expect(readFileSync(join(out, 'ollama.exe'), 'utf8')).toBe('program'.repeat(1_000));
    expect(readFileSync(join(out, 'lib/x.dll'), 'utf8')).toBe('library');
  });

  const outside: readonly (readonly [what: string, entries: readonly TarEntry[]])[] = [
    ['a name that goes up', [{ name: '../evil', content: 'x' }]],
    ['a name that goes up in the middle', [{ name: 'a/../../evil', content: 'x' }]],
    ['a whole path', [{ name: '/tmp/evil', content: 'x' }]],
    ['a path of Windows', [{ name: 'C:\\evil', content: 'x' }]],
    ['a link that goes up', [{ name: 'a', type: '2', target: '../../evil' }]],
    ['a link to a whole path', [{ name: 'a', type: '2', target: '/etc' }]],
    ['a link that goes down and up again', [{ name: 'a', type: '2', target: 'b/../../evil' }]],
    [
      'a file behind a link',
      [
        { name: 'a', type: '2', target: 'b' },
        { name: 'b/', type: '5' },
        { name: 'a/evil', content: 'x' },
      ],
    ],
    ['another name of what is outside', [{ name: 'a', type: '1', target: '../evil' }]],
    ['a device', [{ name: 'a', type: '3' }]],
    ['a pipe', [{ name: 'a', type: '6' }]],
    [
      'the same file twice',
      [
        { name: 'a', content: 'x' },
        { name: 'a', content: 'y' },
      ],
    ],
  ];
  test.each(outside)('with %s is refused, and nothing of it is left', async (_what, entries) => {
    await expect(unpackTar([{ name: 'fine', content: 'x' }, ...entries])).rejects.toThrow(/^(?:holds|writes)/);
    expect(readdirSync(folder).sort()).toEqual(['archive.tgz']);
    expect(existsSync(join(folder, '..', 'evil'))).toBe(false);
  });

  test.each<readonly [string, ZipEntry]>([
    ['a name that goes up', { name: '../evil', content: 'x' }],
    ['a link', { name: 'a', content: '/etc/passwd', mode: 0o120777 }],
    ['a wrong checksum', { name: 'a', content: 'x', crc: 1 }],
  ])('of form zip with %s is refused', async (_what, entry) => {
    await expect(unpackZip([entry])).rejects.toThrow(/^(?:holds|is broken)/);
    expect(readdirSync(folder).sort()).toEqual(['archive.zip']);
  });

  test('that unpacks to more than it may is refused', async () => {
    await expect(unpackTar([{ name: 'bomb', content: '0'.repeat(50_000) }], 'tgz', 10_000)).rejects.toThrow(
      'holds more than it should',
    );
  });

  test('that breaks off is refused', async () => {
    writeFileSync(join(folder, 'archive.tgz'), gzipSync(makeTar([{ name: 'a', content: 'x'.repeat(9_000) }])).subarray(0, 60));
    await expect(
      unpack(join(folder, 'archive.tgz'), { form: 'tgz', unpackedBytes: 1e6 }, join(folder, 'out'), never),
    ).rejects.toThrow();
    expect(existsSync(join(folder, 'out'))).toBe(false);
    writeFileSync(join(folder, 'archive.zip'), makeZip([{ name: 'a', content: 'x' }]).subarray(0, 30));
    await expect(
      unpack(join(folder, 'archive.zip'), { form: 'zip', unpackedBytes: 1e6 }, join(folder, 'out'), never),
    ).rejects.toThrow('no zip archive');
  });
});
