/** Puts the targets that can do a request into the order to ask them: by the route's strategy, its sessions, and how they stand. */
import type { TargetState } from '../contract/decision.ts';
import type { CompiledEntry, CompiledRoute, CompiledWeight } from './policy/compiled-policy.ts';
import { draw, hashText } from './draw.ts';
import { estimateCost, estimateDuration } from './estimate.ts';
import { factsOf, isHere, type Judged, stateOf, type Weighing } from './judge-target.ts';

/**
 * Orders, and writes into each why it stands where it stands.
 * @param usable none of them refused, in the order of writing
 * @param route null where no route names them: they stay as they are, those that fail behind the others
 */
export function orderTargets(route: CompiledRoute | null, usable: readonly Judged[], weighing: Weighing): readonly Judged[] {
  const [only] = usable;
  if (usable.length <= 1) {
    if (only) only.code = 'chosen';
    return usable;
  }
  const turns = { routeId: route?.id ?? '', turn: -1 };
  const wished = route === null ? usable : orderRoute({ route, usable, weighing, turns, depth: 0 });
  const ordered = bySession(route, wished, weighing);
  const places = ordered.map((judged) => ({ judged, demoted: demotionOf(judged, weighing) }));
  places.sort((one, other) => demotionRank[one.demoted] - demotionRank[other.demoted]);
  for (const [place, { judged, demoted }] of places.entries()) {
    judged.code =
      place === 0 ? 'chosen' : demoted === 'next' && isWeightless(route, judged, weighing) ? 'demoted-weight' : demoted;
  }
  return places.map(({ judged }) => judged);
}

const demotionRank = { next: 0, 'demoted-latency': 1, 'demoted-state': 2 } as const;
type Demotion = keyof typeof demotionRank;

/** Nobody is refused for how they stand: whom to ask when all stand badly is still this order. */
function demotionOf(judged: Judged, weighing: Weighing): Demotion {
  const { breaker, key, firstTokenMs } = stateOf(judged, weighing);
  if (breaker === 'open' || key === 'resting' || key === 'set-aside' || key === 'missing') return 'demoted-state';
  const limit = weighing.outcome.limits.firstTokenMs;
  const isSlow = limit !== undefined && firstTokenMs !== null && firstTokenMs > limit;
  return isSlow && !judged.kept ? 'demoted-latency' : 'next';
}

interface Ordering {
  readonly route: CompiledRoute;
  readonly usable: readonly Judged[];
  readonly weighing: Weighing;
  /** Of the outermost route; its turn is read when it is first needed. */
  readonly turns: { readonly routeId: string; turn: number };
  /** 0 for the route itself, 1 for an alias within it. */
  readonly depth: number;
}

function orderRoute(ordering: Ordering): readonly Judged[] {
  const { route, usable, weighing } = ordering;
  if (usable.length <= 1) return usable;
  switch (route.strategy) {
    case 'cheapest':
      return sortBy(usable, (judged) => costOf(judged, weighing));
    case 'fastest':
      return sortBy(usable, (judged) => timeOf(judged, weighing));
    case 'least-busy':
      return sortBy(usable, (judged) => stateOf(judged, weighing).inFlight);
    case 'loaded':
      return sortBy(usable, (judged) => loadRank(stateOf(judged, weighing)));
    default:
      return orderEntries(ordering, route.strategy);
  }
}

/** The targets of one entry of a route. */
interface EntryGroup {
  readonly entry: CompiledEntry | undefined;
  readonly members: Judged[];
}

function orderEntries(ordering: Ordering, strategy: 'first' | 'weighted' | 'round-robin'): readonly Judged[] {
  const { route, usable, weighing, turns, depth } = ordering;
  // Targets come in the order of writing: those of one entry stand together.
  const groups: EntryGroup[] = [];
  let place = -1;
  for (const judged of usable) {
    const mine = judged.named.path[depth] ?? 0;
    if (mine !== place) groups.push({ entry: route.entries[mine], members: [] });
    place = mine;
    groups.at(-1)?.members.push(judged);
  }
  let ordered: readonly EntryGroup[] = groups;
  if (strategy === 'weighted') ordered = drawByWeight(route, groups, weighing);
  if (strategy === 'round-robin') ordered = takeTurns(groups, weighing, turns);
  return ordered.flatMap(({ entry, members }) => {
    if (!entry?.alias) return members;
    const inner = orderRoute({ route: entry.alias, usable: members, weighing, turns, depth: depth + 1 });
    return route.sticky ? inner : bySession(entry.alias, inner, weighing, turns.routeId);
  });
}

/** Whose turn it is goes first, then who comes after; who fails at present has no turn. */
function takeTurns(groups: readonly EntryGroup[], weighing: Weighing, turns: Ordering['turns']): readonly EntryGroup[] {
  const stands = (group: EntryGroup) => group.members.some((judged) => demotionOf(judged, weighing) !== 'demoted-state');
  const standing = groups.filter(stands);
  const turning = standing.length > 0 ? standing : groups;
  if (turns.turn < 0) turns.turn = weighing.snapshot.turn(turns.routeId);
  const first = turns.turn % turning.length;
  // An alias within takes its turn each time that the outer ones have all had theirs.
  turns.turn = Math.floor(turns.turn / turning.length);
  const failing = turning === groups ? [] : groups.filter((group) => !turning.includes(group));
  return [...turning.slice(first), ...turning.slice(0, first), ...failing];
}

/**
 * Draws without replacement by weight: each entry's own number, drawn for its name alone, is divided by its weight
 * (Efraimidis and Spirakis 2006). So nobody's place among the others depends on who else is there.
 */
function drawByWeight(route: CompiledRoute, groups: readonly EntryGroup[], weighing: Weighing): readonly EntryGroup[] {
  const seed = splitSeed(route, weighing);
  return sortBy(groups, ({ entry }) => {
    const weight = entry ? weightAt(entry.weight, weighing.clock.atMs) : 0;
    if (entry === undefined || weight <= 0) return null;
    return -Math.log(draw(seed, entry.drawKey)) / weight;
  });
}

/** What a route's draws are drawn from: the request, or what it is split by. */
export function splitSeed(route: CompiledRoute, { features, seed }: Weighing): number {
  const splitter = route.splitBy === 'request' ? null : features[route.splitBy];
  return (splitter === null ? seed : hashText(splitter)) ^ route.drawKey;
}

/** @param atMs milliseconds since 1970 */
export function weightAt({ from, to, startsAtMs, endsAtMs }: CompiledWeight, atMs: number): number {
  if (from === to || atMs <= startsAtMs) return from;
  if (atMs >= endsAtMs) return to;
  return from + ((to - from) * (atMs - startsAtMs)) / (endsAtMs - startsAtMs);
}

function isWeightless(route: CompiledRoute | null, { named }: Judged, { clock }: Weighing): boolean {
  if (route?.strategy !== 'weighted') return false;
  const entry = route.entries[named.path[0] ?? 0];
  return entry !== undefined && weightAt(entry.weight, clock.atMs) <= 0;
}

/** Who answered this session last goes first: its prompt cache is warm. */
function bySession(
  route: CompiledRoute | null,
  ordered: readonly Judged[],
  { features, snapshot }: Weighing,
  keptUnder = route?.id ?? '',
): readonly Judged[] {
  if (route === null || !route.sticky || features.session === null || ordered.length === 0) return ordered;
  const last = snapshot.lastOfSession(keptUnder, features.session);
  const kept = last === null ? undefined : ordered.find(({ provider, model }) => `${provider}/${model}` === last);
  if (!kept) return ordered;
  kept.kept = true;
  return [kept, ...ordered.filter((one) => one !== kept)];
}

/** What is in memory goes first, and what would have to be loaded last; a provider far away has nothing to load. */
export function loadRank({ loaded }: TargetState): number {
  return loaded === null ? 1 : loaded ? 0 : 2;
}

/** Unknown prices after the known. */
export function costOf(judged: Judged, weighing: Weighing): number | null {
  return estimateCost(weighing.features, weighing.askedTokens, factsOf(judged, weighing), isHere(judged, weighing));
}

/** A target that nobody knows yet goes first, so that it becomes known. */
function timeOf(judged: Judged, weighing: Weighing): number | null {
  if (stateOf(judged, weighing).samples === 0) return -1;
  return durationOf(judged, weighing);
}

export function durationOf(judged: Judged, weighing: Weighing): number | null {
  return estimateDuration(weighing.features, weighing.askedTokens, factsOf(judged, weighing), stateOf(judged, weighing));
}

/** The least first, null last; equal ones stay as they were. */
function sortBy<T>(items: readonly T[], measure: (item: T) => number | null): readonly T[] {
  const measured = items.map((item) => ({ item, size: measure(item) ?? Number.POSITIVE_INFINITY }));
  measured.sort((one, other) => (one.size === other.size ? 0 : one.size - other.size));
  return measured.map(({ item }) => item);
}
