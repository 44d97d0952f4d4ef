/** What the shell and the gateway's process say to each other: over its message port, or as JSON lines over stdin and stdout. */
import { z } from 'zod';

/** Shell to gateway, first: the secrets, so that they are in no argument and no environment. */
export const handoverSchema = z.strictObject({
  type: z.literal('handover'),
  /** 32 bytes in base64. */
  dataKey: z.string().regex(/^[A-Za-z0-9+/]{43}=$/),
  /** Where the shell keeps the key, in words. */
  dataKeyKeptIn: z.string().min(1).max(200),
  controlToken: z.string().regex(/^[\x21-\x7e]{1,512}$/),
});
export type Handover = z.infer<typeof handoverSchema>;

/** Shell to gateway: end cleanly; said again, without waiting for what runs. */
export const stopMessageSchema = z.strictObject({ type: z.literal('stop') });

export const messageToGatewaySchema = z.discriminatedUnion('type', [handoverSchema, stopMessageSchema]);
export type MessageToGateway = z.infer<typeof messageToGatewaySchema>;

/** Gateway to shell: the first line of its stdout. */
export const readyLineSchema = z.object({
  event: z.literal('ready'),
  gateway: z.string().nullable(),
  control: z.url(),
  controlToken: z.string(),
  ui: z.string(),
  dataDir: z.string(),
});
export type ReadyLine = z.infer<typeof readyLineSchema>;
