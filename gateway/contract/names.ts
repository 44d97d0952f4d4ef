/** How things are named in the config: identifiers of our own, and models as their providers call them. */
import { z } from 'zod';

export const identifierSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'must be lower-case letters, digits, dots, dashes or underscores (at most 64)');

/** Printable text without control characters or surrounding space: safe in a header, a log line and a table cell. */
const printable = /^[^\s\p{Cc}](?:[^\p{Cc}]*[^\s\p{Cc}])?$/u;

export const modelNameSchema = z
  .string()
  .min(1, { abort: true })
  .max(256)
  .regex(printable, 'must not hold control characters or begin or end with a space');

/** What a person calls something of theirs, such as a rule. */
export const titleSchema = z
  .string()
  .min(1, { abort: true })
  .max(100)
  .regex(printable, 'must not hold control characters or begin or end with a space');
