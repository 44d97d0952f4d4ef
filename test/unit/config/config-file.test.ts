/** The config document as a real file. */
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  ConfigFileError,
  type ConfigReading,
  describeProblems,
  firstDocument,
  formatDocument,
  readConfigFile,
  writeConfigFile,
} from '../../../gateway/config/config-file.ts';
import { parseConfig } from '../../../gateway/contract/config.ts';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'config-file-'));
  file = path.join(folder, 'config.json');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function readBack(content: string | Buffer): Promise<ConfigReading> {
  await writeFile(file, content);
  return readConfigFile(file);
}

function wordsOf(reading: ConfigReading): string {
  return reading.state === 'refused' ? describeProblems(reading.problems) : reading.state;
}

describe('reading', () => {
  test('a file that is not there is told apart from one that is wrong', async () => {
    expect(await readConfigFile(file)).toEqual({ state: 'missing' });
    expect(await readConfigFile(path.join(folder, 'no', 'such', 'config.json'))).toEqual({ state: 'missing' });
  });

  test('the document is what the file says, without defaults', async () => {
    expect(await readBack('{"version":1}')).toEqual({ state: 'read', text: '{"version":1}', document: { version: 1 } });
  });

  test('a byte order mark, as Windows editors write it, does no harm', async () => {
    expect(await readBack('\ufeff{"version":1}')).toMatchObject({ state: 'read', document: { version: 1 } });
  });

  test.each<[string, string | Buffer, string]>([
    ['bad syntax, by line and column', '{\n  "version": 1,\n}', 'line 2, column 15: the comma before } must go.'],
    ['an unknown field, by its path', '{"version":1,"listen":{"prot":1}}', 'listen.prot: is not a known setting.'],
    [
      'a bad value deep inside',
      '{"version":1,"providers":[{"id":"a","kind":"openai","baseUrl":"nowhere"}]}',
      'providers.0.baseUrl: must be a whole URL',
    ],
    [
      'a key written in the clear',
      '{"version":1,"providers":[{"id":"a","kind":"openai","keys":["sk-1"]}]}',
      'providers.0.keys.0: must be vault:<name>',
    ],
    ['every further problem, by its path', '{"version":1,"a":1,"b":2}', '(and 1 more: b)'],
    ['something that is no object', '[]', 'must hold one JSON object.'],
    ['UTF-16', Buffer.from('\ufeff{"version":1}', 'utf16le'), 'is not UTF-8 text.'],
  ])('a refusal names %s', async (_what, content, words) => {
    expect(wordsOf(await readBack(content))).toContain(words);
  });

  test('a folder or an endless file in its place is refused, not read', async () => {
    expect(wordsOf(await readConfigFile(folder))).toBe('is not a regular file.');
    expect(wordsOf(await readConfigFile('/dev/zero'))).toBe('is not a regular file.');
    expect(wordsOf(await readBack(Buffer.alloc(8 * 1024 * 1024 + 1, ' ')))).toBe('is larger than 8 MiB.');
  });

  test('the error for a start that cannot go on names file and field', () => {
    const error = new ConfigFileError('/x/config.json', [{ path: 'listen.port', message: 'must be a number' }]);
    expect(error).toMatchObject({ field: 'listen.port', message: '/x/config.json: listen.port: must be a number.' });
  });
});

describe('writing', () => {
  test('the file is readable by its owner only, ends with a newline, and leaves nothing beside it', async () => {
    await writeFile(file, 'old');
    await chmod(file, 0o644);
    await writeConfigFile(file, formatDocument({ version: 1 }));
    expect(await readFile(file, 'utf8')).toBe('{\n  "version": 1\n}\n');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['config.json']);
  });

  test('a reader at any moment sees a whole document', async () => {
    const texts = [
      formatDocument({ version: 1, note: 'a'.repeat(200_000) }),
      formatDocument({ version: 1, note: 'b'.repeat(100_000) }),
    ];
    await writeConfigFile(file, texts[0] ?? '');
    let writing = true;
    const seen = new Set<string>();
    const reader = (async () => {
      while (writing) seen.add(await readFile(file, 'utf8'));
    })();
    for (let round = 0; round < 20; round += 1) await writeConfigFile(file, texts[round % 2] ?? '');
    writing = false;
    await reader;
    expect([...seen].filter((text) => !texts.includes(text))).toEqual([]);
  });

  test('a symbolic link stays one, and the file it leads to gets the content, also when it was not there yet', async () => {
    const elsewhere = path.join(folder, 'dotfiles');
    await mkdir(elsewhere);
    await symlink(path.join('dotfiles', 'real.json'), file);
    for (const text of ['{"version":1}', '{"version":1,"aliases":{}}']) {
      await writeConfigFile(file, text);
      expect((await lstat(file)).isSymbolicLink()).toBe(true);
      expect(await readFile(path.join(elsewhere, 'real.json'), 'utf8')).toBe(text);
    }
    expect(await readdir(elsewhere)).toEqual(['real.json']);
  });

  test('when the disk refuses, the sentence says where, and no half file is left', async () => {
    await mkdir(file);
    await expect(writeConfigFile(file, '{}')).rejects.toThrow(/could not be saved to .*config\.json/);
    expect(await readdir(folder)).toEqual(['config.json']);
    await expect(writeConfigFile(path.join(folder, 'none', 'config.json'), '{}')).rejects.toThrow(/could not be saved/);
  });
});

test('the first document is a sound one with the demo provider switched on', () => {
  const parsed = parseConfig(firstDocument);
  expect(parsed).toMatchObject({ ok: true, config: { listen: { port: 4283 }, providers: [{ id: 'demo', enabled: true }] } });
});
