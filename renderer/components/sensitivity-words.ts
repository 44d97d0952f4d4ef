/** What people read about how private the requests of a program are. Pure. */
import type { Sensitivity } from '../../gateway/contract/policy/condition.ts';

export const sensitivityChoices: readonly (readonly [value: Sensitivity, word: string])[] = [
  ['normal', 'Normal'],
  ['private', 'Private'],
  ['secret', 'Secret'],
];

export const sensitivityHint =
  'How private its requests are at least: a header can only say more. It changes nothing alone; a rule under Routing can keep private or secret ones on this machine.';

/** What a list of choices hands back. */
export function sensitivityOf(text: string): Sensitivity {
  return sensitivityChoices.find(([value]) => value === text)?.[0] ?? 'normal';
}
