/** Reads a route in any of its forms for a form, and writes it back as short as it was. Pure. */
import { isObject, type JsonObject } from '../../stores/json-value.ts';

/** A route as the form shows it. `others`: what the form does not know, kept as it is. */
export interface RouteDraft {
  readonly strategy: string;
  readonly targets: readonly unknown[];
  readonly sticky: unknown;
  readonly splitBy: unknown;
  readonly others: JsonObject;
}

/** @returns null for something that is no route in any form */
export function readRoute(value: unknown): RouteDraft | null {
  const bare = { strategy: 'first', sticky: undefined, splitBy: undefined, others: {} } as const;
  if (typeof value === 'string') return { ...bare, targets: [value] };
  if (Array.isArray(value)) return { ...bare, targets: value };
  if (!isObject(value) || !Array.isArray(value.targets)) return null;
  const { strategy = 'first', targets, sticky, splitBy, ...others } = value;
  return typeof strategy === 'string' && Array.isArray(targets) ? { strategy, targets, sticky, splitBy, others } : null;
}

/** @param before in which form it was written */
export function writeRoute(draft: RouteDraft, before: unknown): unknown {
  const { strategy, targets, sticky, splitBy, others } = draft;
  const isPlain = strategy === 'first' && sticky === undefined && splitBy === undefined && Object.keys(others).length === 0;
  if (isPlain && !isObject(before)) {
    const [only] = targets;
    return typeof before === 'string' && targets.length === 1 && typeof only === 'string' ? only : targets;
  }
  const written: Record<string, unknown> = { ...others, strategy, targets };
  if (sticky !== undefined) written.sticky = sticky;
  if (splitBy !== undefined) written.splitBy = splitBy;
  return written;
}

/** Another strategy; weights and what goes with them stay only where they mean something. */
export function withStrategy(draft: RouteDraft, strategy: string): RouteDraft {
  if (strategy === 'weighted') return { ...draft, strategy };
  const plain = (target: unknown) => (isObject(target) && typeof target.model === 'string' ? target.model : target);
  return { ...draft, strategy, splitBy: undefined, targets: draft.targets.map(plain) };
}

export function targetModel(target: unknown): string {
  if (typeof target === 'string') return target;
  return isObject(target) && typeof target.model === 'string' ? target.model : '';
}

export function targetWeight(target: unknown): unknown {
  return isObject(target) ? target.weight : undefined;
}

export function withModel(target: unknown, model: string): unknown {
  return isObject(target) ? { ...target, model } : model;
}

/** A weight of none is written as the name alone. */
export function withWeight(target: unknown, weight: unknown): unknown {
  return weight === undefined ? targetModel(target) : { model: targetModel(target), weight };
}

/** What an alias or a rule leads to, in a few words. */
export function routeWords(value: unknown): string {
  const route = readRoute(value);
  if (!route) return 'not a route the form can read: the document shows it';
  const names = route.targets.map((target) => targetModel(target) || 'a target without a name');
  if (names.length <= 1) return names[0] ?? 'no target yet';
  const words: Readonly<Record<string, readonly [before: string, between: string]>> = {
    first: ['', ', then '],
    weighted: ['by weight: ', ', '],
    'round-robin': ['in turn: ', ', '],
    cheapest: ['the cheapest of ', ', '],
    fastest: ['the fastest of ', ', '],
    'least-busy': ['the least busy of ', ', '],
    loaded: ['what is in memory of ', ', '],
  };
  const [before, between] = words[route.strategy] ?? [`${route.strategy}: `, ', '];
  return before + names.join(between) + (route.sticky === undefined ? '' : '; a session stays where it is');
}
