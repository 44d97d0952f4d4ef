/** Answers that the gateway gives itself, where no upstream speaks the question's dialect. */
import type { GatewayError } from '../chat/error.ts';
import type { Decision } from '../decision/decision.ts';
import type { Dialect, PassthroughRequest } from '../dialects/dialect.ts';
import { estimateInputTokens } from '../money/estimate-tokens.ts';
import type { Outcome } from './relay/body-sink.ts';

/**
 * @param nowMs milliseconds since 1970
 * @returns the answer's JSON value; null for what only an upstream can answer
 */
export function answerHere(dialect: Dialect, request: PassthroughRequest, nowMs: number): unknown {
  if (!dialect.answerHere) return null;
  return dialect.answerHere(request, { inputTokens: estimateInputTokens(request.measure()), nowMs }) ?? null;
}

/** How such an exchange ends: nothing was used. */
export function answeredHere(body: Buffer): Outcome {
  const nothing = { error: null, usage: null, rawUsageJson: null, seen: null };
  return { state: 'ok', status: 200, responseBytes: body.length, ...nothing };
}

/** Can it be asked of a provider of another dialect? */
export function isTranslatable({ chat, embeddings }: Dialect): boolean {
  return chat !== null || embeddings !== null;
}

/** Of a decision what leads to providers that speak the question's own dialect: without a codec nobody else can be asked. */
export function ofOwnDialect(decision: Decision, { name }: Pick<Dialect, 'name'>): Decision {
  const own = decision.targets.filter(({ dialect }) => dialect === name);
  return { ...decision, targets: own.map((target) => ({ ...target, dialects: [name] })), fallbacks: {} };
}

/** Says an upstream that it has no such endpoint, or could it not be asked at all? Every other refusal is about the question. */
export function isNotOffered({ status, movable }: GatewayError): boolean {
  return movable || status === 404 || status === 405 || status === 501;
}
