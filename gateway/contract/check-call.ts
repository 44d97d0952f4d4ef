/** Checks what goes into a call and what comes out of it against the call table. */
import type { z } from 'zod';
import { callTable, type CallInput, type CallName, type CallOutput } from './calls.ts';
import { plainWords, tellingIssues } from './plain-words.ts';

/** What did not fit: `field` is a dotted path, empty for the whole; `message` is a sentence and never holds the value. */
export interface CallMisfit {
  readonly field: string;
  readonly message: string;
}

export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly misfit: CallMisfit };

interface Side<T> {
  safeParse(value: unknown, words: { readonly error: z.core.$ZodErrorMap }): z.ZodSafeParseResult<T>;
}

/** The call table, seen so that a name's input and output keep their types when the name is only known at run time. */
const sides: { readonly [N in CallName]: { readonly input: Side<CallInput<N>>; readonly output: Side<CallOutput<N>> } } =
  callTable;

/** Is this the name of a call? (`toString` and its kin are not.) */
export function isCallName(name: string): name is CallName {
  return Object.hasOwn(callTable, name);
}

/** Checks a caller's input and fills in its defaults. */
export function checkCallInput<N extends CallName>(name: N, input: unknown): Checked<CallInput<N>> {
  return judge(sides[name].input.safeParse(input, { error: plainWords }), input);
}

/** Checks a handler's output and drops every field that the table does not name. */
export function checkCallOutput<N extends CallName>(name: N, output: unknown): Checked<CallOutput<N>> {
  return judge(sides[name].output.safeParse(output, { error: plainWords }), output);
}

function judge<T>(parsed: z.ZodSafeParseResult<T>, checked: unknown): Checked<T> {
  if (parsed.success) return { ok: true, value: parsed.data };
  const [issue] = parsed.error.issues.flatMap(tellingIssues);
  return { ok: false, misfit: issue ? misfitOf(issue, checked) : { field: '', message: 'The input does not fit this call.' } };
}

function misfitOf(issue: z.core.$ZodIssue, checked: unknown): CallMisfit {
  if (issue.code === 'unrecognized_keys') {
    const field = [...issue.path, issue.keys[0] ?? ''].map(String).join('.');
    return { field, message: `The field ${field} is not known to this call; leave it out.` };
  }
  const field = issue.path.map(String).join('.');
  const place = field === '' ? 'The input' : `The field ${field}`;
  if (field !== '' && valueAt(checked, issue.path) === undefined) return { field, message: `${place} is missing.` };
  return { field, message: `${place} was refused: ${sentence(issue.message)}` };
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = Reflect.get(found, key);
  }
  return found;
}

function sentence(message: string): string {
  return message.endsWith('.') ? message : `${message}.`;
}
