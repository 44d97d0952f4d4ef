/** Regular expressions of a policy, on an engine whose time grows with the text and no faster, whatever is written. */
import { RE2JS } from 're2js';

export type PatternTest = (text: string) => boolean;

/** A pattern once made is kept: the same policy is compiled for every draft that is tried. */
const kept = new Map<string, RE2JS>();
const keptAtMost = 500;

/**
 * Makes the test of a pattern, found anywhere in a text. The pattern itself is read when it is first needed: that takes
 * milliseconds, and most policies have none. One that cannot be read (`patternProblem`) holds for no text.
 */
export function compilePattern(source: string): PatternTest {
  let test: PatternTest | null = null;
  return (text) => {
    test ??= readPattern(source);
    return test(text);
  };
}

function readPattern(source: string): PatternTest {
  if (patternProblem(source) !== null) return () => false;
  const pattern = patternOf(source);
  return (text) => pattern.test(text);
}

/** What is wrong with a pattern, in a clause; null when nothing is. */
export function patternProblem(source: string): string | null {
  try {
    patternOf(source);
    return null;
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return words.replace(/^error parsing regexp: /, '');
  }
}

function patternOf(source: string): RE2JS {
  const known = kept.get(source);
  if (known) return known;
  const made = RE2JS.compile(source);
  if (kept.size >= keptAtMost) kept.clear();
  kept.set(source, made);
  return made;
}
