/** What flags and environment lay over the config for one run: never part of the document. */
import { type ConfigProblem, type GatewayConfig, parseConfig } from '../contract/config.ts';

/** `path` is dotted, `source` names the flag or variable: `{ path: 'listen.port', value: 0, source: '--port' }`. */
export interface ConfigOverride {
  readonly path: string;
  readonly value: string | number | boolean;
  readonly source: string;
}

type Tree = Readonly<Record<string, unknown>>;

/**
 * The config this run lives by. The document must be sound by itself; then every override is laid over it and checked too.
 * @param findProblems finds what only the whole shows to be wrong
 * @returns the config with every default filled in, or every problem with its path
 */
export function buildEffectiveConfig(
  document: unknown,
  overrides: readonly ConfigOverride[],
  findProblems: (config: GatewayConfig) => readonly ConfigProblem[] = () => [],
): BuiltConfig {
  const built = overlay(document, overrides);
  const problems = built.ok ? findProblems(built.config) : [];
  return problems.length === 0 ? built : { ok: false, problems };
}

type BuiltConfig = { ok: true; config: GatewayConfig } | { ok: false; problems: readonly ConfigProblem[] };

function overlay(document: unknown, overrides: readonly ConfigOverride[]): BuiltConfig {
  const own = parseConfig(document);
  if (!own.ok || overrides.length === 0) return own;
  const overlaid = overrides.reduce<Tree>(
    (tree, override) => withValue(tree, override.path.split('.'), override.value),
    own.config,
  );
  const effective = parseConfig(overlaid);
  if (effective.ok) return effective;
  return { ok: false, problems: effective.problems.map((problem) => nameSource(problem, overrides)) };
}

/** A copy of the tree with one value changed; the tree itself is never touched. */
function withValue(tree: Tree, path: readonly string[], value: unknown): Tree {
  const [head, ...rest] = path;
  if (head === undefined) return tree;
  if (rest.length === 0) return { ...tree, [head]: value };
  const branch = tree[head];
  return { ...tree, [head]: withValue(isTree(branch) ? branch : {}, rest, value) };
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nameSource(problem: ConfigProblem, overrides: readonly ConfigOverride[]): ConfigProblem {
  const source = overrides.find((override) => override.path === problem.path)?.source;
  return source ? { path: problem.path, message: `${problem.message} (set by ${source} for this run)` } : problem;
}
