/** The house rules that a compiler does not hold: who may import whom, and what may not be written anywhere. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { builtSql, listensWithoutHost } from './support/architecture/calls.ts';
import { importsOf } from './support/architecture/imports.ts';
import {
  emptyNames,
  folderCycles,
  forbiddenImports,
  type SourceFile,
  strayPowers,
  tooLongFiles,
  unopenedFiles,
} from './support/architecture/rules.ts';

const root = join(import.meta.dirname, '..');

function sourceFiles(...patterns: string[]): SourceFile[] {
  const paths = globSync(patterns, { cwd: root, exclude: ['**/node_modules/**'] }).map((path) => path.replaceAll('\\', '/'));
  return paths.sort().map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

const product = sourceFiles('{gateway,electron,renderer}/**/*.{ts,tsx}', 'resources/build/*.mjs');
const everything = [...product, ...sourceFiles('test/**/*.ts', '*.ts')];
const file = (path: string, text: string): SourceFile => ({ path, text });

describe('this project', () => {
  test('has sources to judge', () => {
    expect(product.length).toBeGreaterThan(10);
  });

  test('imports only what the table allows', () => {
    expect(forbiddenImports(product)).toEqual([]);
  });

  test('has no folders that import each other in a circle', () => {
    expect(folderCycles(product)).toEqual([]);
  });

  test('has no folder or file whose name says nothing', () => {
    expect(emptyNames(everything.map(({ path }) => path))).toEqual([]);
  });

  test('has no file over 300 lines', () => {
    expect(tooLongFiles(everything)).toEqual([]);
  });

  test('opens every file with a sentence that says what it is', () => {
    expect(unopenedFiles(everything)).toEqual([]);
  });

  test('says the host wherever it opens a port', () => {
    expect(listensWithoutHost(product)).toEqual([]);
  });

  test('talks to the gateway and to the shell in one file of the window each', () => {
    expect(strayPowers(product)).toEqual([]);
  });

  test('builds no SQL from pieces', () => {
    expect(builtSql(product)).toEqual([]);
  });
});

describe('the import reader', () => {
  test('sees every form of import', () => {
    const source = [
      "import 'node:fs';",
      "import a, { type B } from './a.ts';",
      "import type { C } from './c.ts';",
      "import * as everything from 'zod';",
      "export { d } from './d.ts';",
      "export * from './e.ts';",
      "export type { F } from './f.ts';",
      "const g = await import('./g.ts');",
      "const h = new Worker(new URL('./h.ts', import.meta.url));",
      "const i = require('i');",
      'const j = await import(name);',
      'type K = import("./k.ts").K;',
      'import {\n  l,\n} from "./l.ts";',
    ].join('\n');
    expect(importsOf(source).map(({ specifier, typeOnly }) => (typeOnly ? `type ${specifier}` : specifier))).toEqual([
      'node:fs',
      './a.ts',
      'type ./c.ts',
      'zod',
      './d.ts',
      './e.ts',
      'type ./f.ts',
      './g.ts',
      './h.ts',
      'i',
      '(computed)',
      './k.ts',
      './l.ts',
    ]);
  });

  test('is not fooled by comments, strings, templates and regular expressions', () => {
    const source = [
      "// import './a.ts';",
      "/* import './b.ts'; */",
      `const c = "import './c.ts'";`,
      "const d = `import './d.ts' ${f(`import('./e.ts')`)}`;",
      "const g = /import '\\.\\/g.ts'[/'\"]/;",
      'export { c };',
      "export const h = { import: 1 }, i = x.import('./i.ts');",
      'const j = a / b / import.meta.dirname.length;',
      "export const k = 'import';",
    ].join('\n');
    expect(importsOf(source)).toEqual([]);
  });

  test('sees an import inside a template expression and says its line', () => {
    expect(importsOf("\n`a\n${await import('./b.ts')}`")).toEqual([{ specifier: './b.ts', line: 3, typeOnly: false }]);
  });
});

describe('the checks can fail', () => {
  test.each([
    ['a folder that is not allowed', 'gateway/chat/a.ts', "import { b } from '../contract/b.ts';"],
    ['a package that is not allowed', 'gateway/chat/a.ts', "import { z } from 'zod';"],
    ['a Node module in a pure folder', 'gateway/contract/a.ts', "import { join } from 'node:path';"],
    ['the storage folder in an exchange', 'gateway/exchange/a.ts', "import type { B } from '../storage/b.ts';"],
    ['Electron in the gateway', 'gateway/main.ts', "import { app } from 'electron';"],
    ['a dialect that imports another', 'gateway/dialects/openai/a.ts', "import { b } from '../anthropic/b.ts';"],
    ['a value where only types may come from', 'gateway/demo/a.ts', "import { send } from '../upstream/client.ts';"],
    ['tests in the product', 'gateway/server/a.ts', "import { b } from '../../test/support/b.ts';"],
    ['a computed import', 'gateway/server/a.ts', 'await import(name);'],
    ['a folder nobody knows', 'gateway/extra/a.ts', ''],
    ['a screen that imports another', 'renderer/screens/home/a.tsx', "import { b } from '../requests/b.tsx';"],
    ['a component that imports a screen', 'renderer/components/a.tsx', "import { b } from '../screens/home/b.tsx';"],
    ['the gateway in the window', 'renderer/stores/a.ts', "import type { B } from '../../gateway/storage/b.ts';"],
  ])('on %s', (_what, path, text) => {
    expect(forbiddenImports([file(path, text)])).toHaveLength(1);
  });

  test.each([
    ['types of the upstream in demo', 'gateway/demo/a.ts', "import type { Send } from '../upstream/transport.ts';"],
    ['the ground dialects share', 'gateway/dialects/openai/a.ts', "import { b } from '../sse/b.ts';"],
    ['a screen in the frame', 'renderer/app/a.ts', "const b = import('../screens/home/b.tsx');"],
    ['all of the gateway in its root', 'gateway/gateway.ts', "import { b } from './storage/b.ts';"],
  ])('but allow %s', (_what, path, text) => {
    expect(forbiddenImports([file(path, text)])).toEqual([]);
  });

  test.each([
    ['renderer/stores/a.ts', "await fetch('/control/calls/status.get');"],
    ['renderer/screens/home/a.tsx', 'new EventSource(address)'],
    ['renderer/app/a.tsx', 'window.gatehouseDesktop?.state()'],
  ])('on %s that says %s', (path, text) => {
    expect(strayPowers([file(path, text)])).toHaveLength(1);
  });

  test('on folders in a circle, however long', () => {
    const circle = [
      file('gateway/config/a.ts', "import '../secrets/b.ts';"),
      file('gateway/secrets/b.ts', "import '../storage/c.ts';"),
      file('gateway/storage/c.ts', "import type { A } from '../config/a.ts';"),
      file('gateway/server/d.ts', "import '../config/a.ts';"),
    ];
    expect(folderCycles(circle)).toHaveLength(3);
  });

  test.each(['gateway/utils/a.ts', 'gateway/chat/helpers.ts', 'gateway/server/http-utils.ts', 'renderer/shared/a.ts'])(
    'on the name %s',
    (path) => {
      expect(emptyNames([path])).toHaveLength(1);
    },
  );

  test('on a long file and on one that does not say what it is', () => {
    const long = file('gateway/chat/a.ts', 'a;\n'.repeat(301));
    expect([tooLongFiles([long]), unopenedFiles([long])]).toMatchObject([{ length: 1 }, { length: 1 }]);
  });

  test.each([
    'server.listen(4283)',
    'server.listen({ port })',
    'server?.listen(port, () => {})',
    "server.listen(port, '0.0.0.0')",
  ])('on %s', (text) => {
    expect(listensWithoutHost([file('gateway/server/a.ts', text)])).toHaveLength(1);
  });

  test.each([
    'server.listen(port, host)',
    "server.listen({ port, host: '::1' })",
    '// server.listen(1)',
    "server.listen(0, '127.0.0.1')",
  ])('but allow %s', (text) => {
    expect(listensWithoutHost([file('gateway/server/a.ts', text)])).toEqual([]);
  });

  test.each([
    'db.prepare(`SELECT * FROM t WHERE id = ${id}`)',
    "db.exec('DROP TABLE ' + name)",
    "db.prepare('SELECT ' + columns)",
    "db.prepare('SELECT a ' + 'FROM t WHERE b = ' + b)",
    "const sql = where + 'delete from t';",
    'const sql = `\n  update t set a = ${a}`;',
  ])('on %s', (text) => {
    expect(builtSql([file('gateway/storage/a.ts', text)])).toHaveLength(1);
  });

  test.each([
    "db.prepare('SELECT a FROM t WHERE b = ?')",
    'db.exec(`CREATE TABLE t (a) STRICT`)',
    "db.prepare('SELECT a ' + 'FROM t ' + 'WHERE b = ?')",
    'db.pragma(`user_version = ${version}`)',
    'say(`could not open ${path}`)',
    'pattern.exec(text)',
  ])('but allow %s', (text) => {
    expect(builtSql([file('gateway/storage/a.ts', text)])).toEqual([]);
  });
});
