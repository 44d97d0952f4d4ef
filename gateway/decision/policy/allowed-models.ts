/** Which models the key of a request may use: a list of texts in which `*` stands for anything, held against `provider/model`. */
import type { DecisionFeatures } from '../question.ts';
import { compileWildcard } from './wildcard.ts';

type Test = (name: string) => boolean;

/** A client's list is one object for as long as its terms stay. */
const compiled = new WeakMap<readonly string[], Test>();

/**
 * @param allowed null: any
 * @param model by which its provider knows it, after every alias and every rule
 */
export function mayUse(allowed: readonly string[] | null, provider: string, model: string): boolean {
  return allowed === null || testOf(allowed)(`${provider}/${model}`);
}

const nothing: readonly string[] = [];

/** What the key of a request may not use of all that it would be served by: `provider/model`. */
export function deniedModels(
  { allowedModels, furtherModels }: Pick<DecisionFeatures, 'allowedModels' | 'furtherModels'>,
  provider: string,
  model: string,
): readonly string[] {
  if (allowedModels === null) return nothing;
  return [model, ...furtherModels].filter((name) => !mayUse(allowedModels, provider, name)).map((name) => `${provider}/${name}`);
}

function testOf(allowed: readonly string[]): Test {
  const known = compiled.get(allowed);
  if (known) return known;
  const tests = allowed.map(compileWildcard);
  const test: Test = (name) => tests.some((one) => one(name));
  compiled.set(allowed, test);
  return test;
}
