/** All that a decision is made from: nothing else may be looked at. */
import type { DecidingFacts, RequestFeatures, TargetState } from '../contract/decision.ts';

/** What is asked of the engine about one request. */
export interface DecisionFeatures extends RequestFeatures {
  /** In which dialects a provider may be asked, the best first: the door's own, then those it can be translated to. */
  readonly dialects: readonly string[];
  /** The rule that kept on this machine what the request continues, as far as the gateway keeps conversations; else null. */
  readonly pinnedBefore: string | null;
  /** Models that it names beside its own, for its provider to ask in that one's place; read where its key has a list. */
  readonly furtherModels: readonly string[];
}

export interface PolicyProvider {
  readonly id: string;
  readonly enabled: boolean;
  readonly dialects: readonly string[];
  /** Does it run on this machine, and answer itself? A model of it may still be elsewhere (`local-target.ts`). */
  readonly local: boolean;
}

/**
 * The present state, as questions. The live one answers from what the gateway knows; one that was kept with a request
 * answers as it was answered then.
 */
export interface DecisionSnapshot {
  /** The ids of the providers that list a model by exactly this name, in the config's order. */
  listing(model: string): readonly string[];
  /** In a clause: why the provider has no usable key; null when it has one, or needs none. */
  keyProblem(provider: string): string | null;
  /** Which dialects it turned out not to offer, whatever its kind is known for. */
  missingDialects(provider: string): readonly string[];
  /** By provider id, in a sentence: why its newest list of models could not be had. Only for the words of a refusal. */
  listProblems(): ReadonlyMap<string, string>;
  facts(provider: string, model: string): DecidingFacts;
  state(provider: string, model: string): TargetState;
  /** The `provider/model` that answered this session last by way of this route; null for a new one. */
  lastOfSession(route: string, session: string): string | null;
  /** How many requests took this route before. */
  turn(route: string): number;
  /** Which edition of prices and abilities `facts` reads. */
  catalogVersion(): string;
}

/** The moment, and how this machine's clocks on the wall differ from UTC then. */
export interface DecisionClock {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** Minutes to add to UTC: 60 in Berlin in winter. */
  readonly utcOffsetMinutes: number;
}
