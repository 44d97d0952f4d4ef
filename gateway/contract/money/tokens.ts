/** How well the tokens of a model are estimated before it is asked. */
import { z } from 'zod';

export const tokenCalibrationSchema = z.object({
  provider: z.string(),
  model: z.string(),
  /** Requests that were learned from. */
  samples: z.number().int().nonnegative(),
  /** Of text; null while too little is known, and four are taken. */
  bytesPerToken: z.number().positive().nullable(),
  /** How far the estimate was off what was billed, on average; null while none was judged. */
  errorPercent: z.number().nonnegative().nullable(),
  /** What it usually answers with; null while too little is known. */
  outputTokens: z.number().int().nonnegative().nullable(),
});
export type TokenCalibration = z.infer<typeof tokenCalibrationSchema>;
