/** What could be different for a target to go before others by the strategy of its route. */
import type { Route } from '../../contract/policy/route.ts';
import { dollars, duration } from '../words/amounts.ts';
import { type Change, factsChange, routeChange, routeWords, stateChange, turnChange } from './changes.ts';
import type { CompiledEntry, CompiledRoute } from '../policy/compiled-policy.ts';
import { draw } from '../draw.ts';
import type { Evaluation } from '../evaluate.ts';
import { factsOf, type Judged, stateOf, type Weighing } from '../judge-target.ts';
import { costOf, durationOf, splitSeed, weightAt } from '../order-targets.ts';

/** @param ahead those that are asked before it, the first of all first */
export function orderChanges(judged: Judged, ahead: readonly Judged[], { route, weighing }: Evaluation): readonly Change[] {
  const [first] = ahead;
  if (route === null || first === undefined) return [];
  switch (route.strategy) {
    case 'first':
      return standFirst(judged, route);
    case 'weighted':
      return weighMore(judged, first, route, weighing);
    case 'round-robin':
      return takeLaterTurn(route);
    case 'cheapest':
      return costLess(judged, first, weighing);
    case 'fastest':
      return beFaster(judged, first, weighing);
    case 'least-busy':
      return beLessBusy(judged, first, weighing);
    case 'loaded':
      return beLoaded(judged, first, weighing);
  }
}

const entryOf = (judged: Judged, route: CompiledRoute): CompiledEntry | undefined => route.entries[judged.named.path[0] ?? 0];

function nameOfTarget(target: Route['targets'][number]): string {
  return typeof target === 'string' ? target : target.model;
}

function standFirst(judged: Judged, route: CompiledRoute): readonly Change[] {
  const entry = entryOf(judged, route);
  if (!entry || entry === route.entries[0]) return [];
  return [
    routeChange(`"${entry.name}" stood first in ${routeWords(route.id)}`, route.id, (written) => ({
      ...written,
      targets: [
        ...written.targets.filter((target) => nameOfTarget(target) === entry.name),
        ...written.targets.filter((target) => nameOfTarget(target) !== entry.name),
      ],
    })),
  ];
}

/** Of its own draw, the weight that wins against the first: see how they are drawn. */
function weighMore(judged: Judged, first: Judged, route: CompiledRoute, weighing: Weighing): readonly Change[] {
  const [mine, theirs] = [entryOf(judged, route), entryOf(first, route)];
  if (!mine || !theirs || mine === theirs) return [];
  const seed = splitSeed(route, weighing);
  const theirWeight = weightAt(theirs.weight, weighing.clock.atMs);
  const needed = (theirWeight * Math.log(draw(seed, mine.drawKey))) / Math.log(draw(seed, theirs.drawKey));
  const weight = theirWeight > 0 ? Math.ceil(needed * 100 + 1) / 100 : 1;
  if (!(weight <= 1_000)) return [];
  return [
    routeChange(`the weight of "${mine.name}" was ${weight} in ${routeWords(route.id)}`, route.id, (written) => ({
      ...written,
      targets: written.targets.map((target) => (nameOfTarget(target) === mine.name ? { model: mine.name, weight } : target)),
    })),
  ];
}

function takeLaterTurn(route: CompiledRoute): readonly Change[] {
  const most = Math.min(route.entries.length - 1, 8);
  return Array.from({ length: Math.max(0, most) }, (_, place) =>
    turnChange(place === 0 ? 'it came one turn later' : `it came ${place + 1} turns later`, place + 1),
  );
}

/** By a cent's hundredth of a hundredth: what is less is less. */
const smallestPriceUsd = 0.000_001;

function costLess(judged: Judged, first: Judged, weighing: Weighing): readonly Change[] {
  const [mine, theirs] = [costOf(judged, weighing), costOf(first, weighing)];
  if (mine === null || mine === 0 || theirs === null || theirs <= smallestPriceUsd) return [];
  const wanted = theirs - smallestPriceUsd;
  const { inputPerMillionUsd, outputPerMillionUsd } = factsOf(judged, weighing);
  const part = wanted / mine;
  return [
    factsChange(`a call of it cost less than ${dollars(theirs)}`, judged, {
      inputPerMillionUsd: (inputPerMillionUsd ?? 0) * part,
      outputPerMillionUsd: (outputPerMillionUsd ?? 0) * part,
    }),
  ];
}

function beFaster(judged: Judged, first: Judged, weighing: Weighing): readonly Change[] {
  const [mine, theirs] = [durationOf(judged, weighing), durationOf(first, weighing)];
  const { firstTokenMs } = stateOf(judged, weighing);
  if (theirs === null) return [stateChange('nobody had measured it yet', [judged], { samples: 0 })];
  if (mine === null || firstTokenMs === null) return [];
  const less = firstTokenMs - (mine - theirs) - 1;
  if (less >= 0) return [stateChange(`its first token came within ${duration(less)}`, [judged], { firstTokenMs: less })];
  const times = Math.ceil((mine / Math.max(theirs, 1)) * 10 + 1) / 10;
  const { tokensPerSecond } = stateOf(judged, weighing);
  return [
    stateChange(`it answered ${times} times as fast`, [judged], {
      firstTokenMs: firstTokenMs / times,
      tokensPerSecond: tokensPerSecond === null ? null : tokensPerSecond * times,
    }),
  ];
}

function beLessBusy(judged: Judged, first: Judged, weighing: Weighing): readonly Change[] {
  const [mine, theirs] = [stateOf(judged, weighing).inFlight, stateOf(first, weighing).inFlight];
  const words = (count: number) => `${count} ${count === 1 ? 'request' : 'requests'} under way`;
  const changes: Change[] = [];
  if (mine > theirs) changes.push(stateChange(`it had ${words(theirs)}`, [judged], { inFlight: theirs }));
  if (theirs > 0) changes.push(stateChange(`it had ${words(theirs - 1)}`, [judged], { inFlight: theirs - 1 }));
  changes.push(stateChange(`${first.provider}/${first.model} had ${words(mine + 1)}`, [first], { inFlight: mine + 1 }));
  return changes;
}

function beLoaded(judged: Judged, first: Judged, weighing: Weighing): readonly Change[] {
  const [mine, theirs] = [stateOf(judged, weighing), stateOf(first, weighing)];
  const name = `${first.provider}/${first.model}`;
  const changes: Change[] = [];
  if (mine.loaded === false) changes.push(stateChange('it was in memory', [judged], { loaded: true }));
  if (theirs.loaded === true) changes.push(stateChange(`${name} was not in memory`, [first], { loaded: false }));
  return changes;
}
