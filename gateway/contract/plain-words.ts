/** What is wrong with a value, in the words of a person: each is the rest of a sentence for the place that it is told with. */
import type { z } from 'zod';

const typeWords: Readonly<Record<string, string>> = {
  string: 'a text, in quotes',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list, in [ ]',
  object: 'fields with values, in { }',
  record: 'fields with values, in { }',
};

/** For what a schema itself has no words for. Handed to `safeParse` as its `error`. */
export const plainWords: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${typeWords[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return issue.input === undefined ? 'is missing' : `must be ${listed(issue.values.map((value) => JSON.stringify(value)))}`;
    case 'too_small':
      return sizeWords(issue.origin, Number(issue.minimum), issue.inclusive === false ? 'more than' : 'at least');
    case 'too_big':
      return sizeWords(issue.origin, Number(issue.maximum), issue.inclusive === false ? 'less than' : 'at most');
    case 'invalid_key':
      return issue.issues[0]?.message;
    default:
      return 'is not written as it must be';
  }
};

function sizeWords(origin: string, size: number, bound: 'more than' | 'at least' | 'less than' | 'at most'): string {
  if (origin !== 'string' && origin !== 'array') return `must be ${bound} ${size}`;
  if (bound === 'at least' && size === 1) return 'must not be empty';
  return `must have ${bound} ${size} ${origin === 'string' ? 'characters' : 'items'}`;
}

function listed(words: readonly string[]): string {
  return words.length <= 1 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/**
 * The issues that tell most. A union says only that nothing fits: where one of its forms is of the right type, what is wrong
 * within that one is told.
 */
export function tellingIssues(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const near = issue.errors.filter((errors) => errors.every(({ code, path }) => path.length > 0 || code === 'unrecognized_keys'));
  const [only] = near;
  if (near.length !== 1 || !only) return [issue];
  return only.flatMap((inner) => tellingIssues({ ...inner, path: [...issue.path, ...inner.path] }));
}
