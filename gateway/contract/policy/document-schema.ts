/** The JSON schema of rules and aliases as a document: what an editor completes by. */
import { z } from 'zod';
import { routeSchema } from './route.ts';
import { policySchema } from './rule.ts';

/** What a person may write: with defaults left out. Rules between fields are not in it; those the gateway checks. */
export function policyDocumentSchema(): Readonly<Record<string, unknown>> {
  const document = z.strictObject({ rules: policySchema.shape.rules, aliases: z.record(z.string(), routeSchema).optional() });
  return { ...z.toJSONSchema(document, { io: 'input', unrepresentable: 'any' }) };
}
