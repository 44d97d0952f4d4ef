/** What the parts of a query are: fields, and what each asks of a request. */
import type { RequestState } from '../records.ts';

/** A way in which a request ended or has not yet, or HTTP statuses from one to another, both included. */
export type StatusChoice = { readonly states: readonly RequestState[] } | { readonly least: number; readonly most: number };

/** Fields whose values are texts, in which `*` stands for anything. Capital letters do not matter. */
export const textFields = ['model', 'provider', 'client', 'rule', 'task', 'dialect'] as const;
export type TextField = (typeof textFields)[number];

/** Fields whose values are amounts: `cost:>0.01`. */
export const amountFields = ['cost', 'tokens', 'duration', 'first'] as const;
export type AmountField = (typeof amountFields)[number];

export const queryFields = [...textFields, 'status', ...amountFields, 'since', 'before'] as const;
export type QueryField = (typeof queryFields)[number];

export type Comparison = '>' | '>=' | '<' | '<=' | '=';

/** What a part asks of a request. Of several texts or states any one is enough. */
export type Condition =
  | { readonly kind: 'text'; readonly field: TextField; readonly anyOf: readonly string[] }
  | { readonly kind: 'status'; readonly anyOf: readonly StatusChoice[] }
  /** In nano-dollars, tokens or milliseconds. */
  | { readonly kind: 'amount'; readonly field: AmountField; readonly comparison: Comparison; readonly amount: number }
  /** When it began, in milliseconds since 1970. */
  | { readonly kind: 'time'; readonly field: 'since' | 'before'; readonly atMs: number }
  /** Part of a model's name or of what went wrong, or a whole id. */
  | { readonly kind: 'words'; readonly text: string };

/** A part of a query; a request has to fit every one. */
export interface QueryTerm {
  /** As it was written. */
  readonly text: string;
  readonly negated: boolean;
  readonly condition: Condition;
}

/** A part that cannot be read. */
export class QueryError extends Error {
  readonly word: string;

  constructor(word: string, why: string) {
    super(`"${word}" ${why}`);
    this.name = 'QueryError';
    this.word = word;
  }
}

/** How each field is written. */
export const fieldExamples: Readonly<Record<QueryField, string>> = {
  model: 'model:gpt-5*',
  provider: 'provider:openai',
  client: 'client:"laptop agent"',
  rule: 'rule:"cheap first"',
  task: 'task:code',
  dialect: 'dialect:anthropic-messages',
  status: 'status:failed or status:429',
  cost: 'cost:>0.01',
  tokens: 'tokens:>1000',
  duration: 'duration:>2s',
  first: 'first:>500ms',
  since: 'since:2h',
  before: 'before:2026-11-20',
};
