/** The true state of the gateway, as `status.get` and the `status-changed` event tell it. */
import { z } from 'zod';

export const listenerStateSchema = z.enum(['stopped', 'starting', 'running', 'stopping', 'failed']);
export type ListenerState = z.infer<typeof listenerStateSchema>;

/** Something a person should know or mend; `fix` says what to do. */
export const problemSchema = z.object({ id: z.string(), message: z.string(), fix: z.string() });
export type Problem = z.infer<typeof problemSchema>;

export const statusSchema = z.object({
  state: listenerStateSchema,
  /** Where clients point; null while not listening. */
  baseUrl: z.string().nullable(),
  /** Where programs come that speak only Ollama's API; null while that port is closed. */
  ollamaUrl: z.string().nullable(),
  port: z.number().int(),
  /** The addresses really bound. */
  boundHosts: z.array(z.string()),
  inFlight: z.number().int().nonnegative(),
  startedAtMs: z.number().int().nullable(),
  configVersion: z.number().int().nonnegative(),
  programVersion: z.string(),
  dataDir: z.string(),
  problems: z.array(problemSchema),
});
export type GatewayStatus = z.infer<typeof statusSchema>;
