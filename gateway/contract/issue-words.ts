/** Says in plain words what is wrong with a value, where a schema has no words of its own for it. */
import type { z } from 'zod';

const types: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list in square brackets',
  object: 'an object in curly brackets',
  record: 'an object in curly brackets',
};

/**
 * For `safeParse(value, { error: issueWords })`. Each is the rest of a sentence that the value's place begins.
 * @returns undefined for what has no words here: zod's own are taken then
 */
export function issueWords(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type': {
      if (issue.input === undefined) return 'is missing';
      const type = types[issue.expected];
      return type && `must be ${type}`;
    }
    case 'too_small':
      return sizeWords(issue.origin, Number(issue.minimum), issue.inclusive === false ? 'more than' : 'at least');
    case 'too_big':
      return sizeWords(issue.origin, Number(issue.maximum), issue.inclusive === false ? 'less than' : 'at most');
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'invalid_key':
      return 'has a name that cannot be used here';
    case 'invalid_format':
      return 'is not written as it must be here';
    case 'invalid_union':
      return 'is in no form that is known here';
    default:
      return undefined;
  }
}

function sizeWords(origin: string, size: number, bound: string): string {
  const isLeast = bound === 'at least' && size === 1;
  if (origin === 'string') return isLeast ? 'must not be empty' : `must have ${bound} ${size} characters`;
  if (origin === 'array') return isLeast ? 'must have at least one entry' : `must have ${bound} ${size} entries`;
  return `must be ${bound} ${size}`;
}
