/** Judges source files by the import table and the house rules. Each broken rule is one sentence that names file and line. */
import { posix } from 'node:path';
import { forbiddenNames, importTable, maximumFileLines, sharedDialectFolders } from './import-table.ts';
import { type Import, importsOf, unreadable } from './imports.ts';
import { tokenize } from './tokens.ts';

export interface SourceFile {
  /** From the project's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** The folder of the table that a file belongs to: the longest that holds it, though `gateway` holds only its own files. */
export function tableFolder(path: string): string | null {
  const parts = path.split('/');
  const folder =
    parts[0] === 'gateway' || parts[0] === 'resources' ? parts.slice(0, Math.min(2, parts.length - 1)).join('/') : parts[0];
  return folder !== undefined && importTable.has(folder) ? folder : null;
}

const resolveFrom = (path: string, specifier: string) => posix.normalize(posix.join(posix.dirname(path), specifier));

function packageName(specifier: string): string {
  if (specifier.startsWith('node:')) return 'node:';
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

/** Every import that the table does not allow. */
export function forbiddenImports(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const folder = tableFolder(file.path);
    if (!folder) return [`${file.path}: its folder is not in the import table; add it there or move the file.`];
    return importsOf(file.text).flatMap((item) => {
      const problem = problemOfImport(file.path, folder, item);
      return problem ? [`${file.path}:${item.line}: ${problem}`] : [];
    });
  });
}

function problemOfImport(path: string, folder: string, item: Import): string | null {
  const rule = importTable.get(folder);
  if (!rule || item.specifier === unreadable) return 'imports a computed name, which nobody can check.';
  if (!item.specifier.startsWith('.')) {
    const name = packageName(item.specifier);
    return rule.packages.includes(name) ? null : `${folder} may not import the package ${name}.`;
  }
  const target = resolveFrom(path, item.specifier);
  const targetFolder = tableFolder(target);
  if (!targetFolder) return `imports ${target}, which is outside the import table.`;
  if (targetFolder === folder) return problemOfDialectImport(path, target) ?? problemOfScreenImport(path, target);
  if (rule.imports.includes(targetFolder)) return null;
  if (!rule.typesOf?.includes(targetFolder)) return `${folder} may not import ${targetFolder}.`;
  return item.typeOnly ? null : `${folder} may import only types from ${targetFolder} (import type).`;
}

function problemOfDialectImport(path: string, target: string): string | null {
  const dialect = dialectFolder(path);
  const other = dialectFolder(target);
  if (!dialect || !other || dialect === other || sharedDialectFolders.has(other)) return null;
  return `${dialect} may not import ${other}: a dialect knows no other.`;
}

function dialectFolder(path: string): string | null {
  const parts = path.split('/');
  return path.startsWith('gateway/dialects/') && parts.length > 3 ? parts.slice(0, 3).join('/') : null;
}

/** A screen is a bundle of its own: what two of them need lies in components or stores. */
function problemOfScreenImport(path: string, target: string): string | null {
  const screen = screenFolder(path);
  const other = screenFolder(target);
  if (!other || screen === other) return null;
  if (screen) return `${screen} may not import ${other}: a screen knows no other.`;
  return path.startsWith('renderer/app/') ? null : `only renderer/app may import a screen, and ${target} is one.`;
}

function screenFolder(path: string): string | null {
  return /^renderer\/screens\/[^/]+(?=\/)/.exec(path)?.[0] ?? null;
}

/** What only one file of the window may do, by the words that it would need. */
const keptToOneFile: readonly { readonly file: string; readonly words: readonly string[]; readonly what: string }[] = [
  {
    file: 'renderer/control.ts',
    words: ['fetch', 'EventSource', 'WebSocket', 'XMLHttpRequest', 'sendBeacon'],
    what: 'talks to the gateway',
  },
  { file: 'renderer/desktop.ts', words: ['gatehouseDesktop'], what: 'touches the shell’s bridge' },
];

/** Files of the window that do what only one of them may. Members of other things by the same name count as well. */
export function strayPowers(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => path.startsWith('renderer/'))
    .flatMap(({ path, text }) =>
      tokenize(text).flatMap((token) => {
        const broken = keptToOneFile.find(
          ({ file, words }) => path !== file && token.kind === 'word' && words.includes(token.text),
        );
        return broken ? [`${path}:${token.line}: only ${broken.file} ${broken.what}.`] : [];
      }),
    );
}

/** Folders that import each other, directly or by way of others. Types count: they bind readers just as well. */
export function folderCycles(files: readonly SourceFile[]): string[] {
  const edges = new Map<string, Set<string>>();
  for (const file of files) {
    const folder = tableFolder(file.path);
    if (!folder) continue;
    const targets = edges.get(folder) ?? new Set();
    for (const item of importsOf(file.text)) {
      const target = item.specifier.startsWith('.') ? tableFolder(resolveFrom(file.path, item.specifier)) : null;
      if (target && target !== folder) targets.add(target);
    }
    edges.set(folder, targets);
  }
  return [...edges.keys()]
    .filter((folder) => reaches(edges, folder, folder))
    .map((folder) => `${folder} imports itself by way of other folders.`);
}

function reaches(edges: ReadonlyMap<string, ReadonlySet<string>>, from: string, goal: string): boolean {
  const seen = new Set<string>();
  const open = [...(edges.get(from) ?? [])];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    if (folder === goal) return true;
    if (seen.has(folder)) continue;
    seen.add(folder);
    open.push(...(edges.get(folder) ?? []));
  }
  return false;
}

/** Folders and files whose name says nothing about what is inside. */
export function emptyNames(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const names = path.replace(/(\.test)?\.[a-z]+$/, '').split('/');
    const bad = names.find(
      (name) => forbiddenNames.has(name) || name.split('-').some((word) => word === 'utils' || word === 'helpers'),
    );
    return bad === undefined ? [] : [`${path}: "${bad}" does not say what is inside.`];
  });
}

export function tooLongFiles(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const lines = file.text.trimEnd().split('\n').length;
    return lines > maximumFileLines ? [`${file.path}: ${lines} lines, more than ${maximumFileLines}.`] : [];
  });
}

/** A file's first words are the sentence that says what it is. */
export function unopenedFiles(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => !/^(?:#!.*\n)?\/\*\*\s/.test(file.text))
    .map((file) => `${file.path}: does not open with a sentence that says what it is.`);
}
