/** Answers that the gateway gives itself, where no upstream speaks the question's dialect. */
import type { GatewayError } from '../chat/error.ts';
import type { Decision } from '../decision/decision.ts';
import type { Dialect, PassthroughRequest } from '../dialects/dialect.ts';
import type { Outcome } from './relay/body-sink.ts';
import type { ExchangeInput } from './exchange-input.ts';
import type { ExchangePorts } from './ports.ts';
import type { Runtime } from './runtime.ts';
import type { CountingTarget } from './token-knowledge.ts';

/** Makes an answer's JSON value, when it is needed; rejects never. */
export type OwnAnswer = () => Promise<unknown>;

export interface AnsweringPlace {
  readonly input: Pick<ExchangeInput, 'dialect' | 'place' | 'client'>;
  readonly runtime: Pick<Runtime, 'providers'>;
  readonly ports: Pick<ExchangePorts, 'tokens'>;
}

/**
 * A count of tokens is for the model that would be asked first, and the tokenizer's own where there is one.
 * @param nowMs milliseconds since 1970
 * @returns null for what only an upstream can answer
 */
export function answerHere(
  { input, runtime, ports: { tokens } }: AnsweringPlace,
  request: PassthroughRequest,
  decision: Pick<Decision, 'targets'>,
  nowMs: number,
): OwnAnswer | null {
  const { dialect, place } = input;
  const client = input.client?.id ?? null;
  const target = countingTarget(decision, runtime);
  const estimate = dialect.countsFor ? tokens.estimateInput(request.measure(), target) : 0;
  const likely = dialect.answerHere?.(request, { inputTokens: estimate, nowMs }) ?? null;
  if (likely === null) return null;
  return async () => {
    const counted = dialect.countsFor && target ? await tokens.count({ dialect, place, request, client }, target) : null;
    return counted === null ? likely : dialect.answerHere?.(request, { inputTokens: counted, nowMs });
  };
}

function countingTarget(
  { targets }: Pick<Decision, 'targets'>,
  { providers }: Pick<Runtime, 'providers'>,
): CountingTarget | null {
  const [first] = targets;
  const found = first && providers.get(first.provider);
  return found ? { provider: first.provider, kind: found.provider.kind, model: first.model } : null;
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
