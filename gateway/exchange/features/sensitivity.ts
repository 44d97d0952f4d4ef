/** How private a request is: its client's word, which the request's own can only raise. */
import type { IncomingHttpHeaders } from 'node:http';
import { sensitivities, type Sensitivity } from '../../contract/policy/condition.ts';
import type { AskedRequest } from './asked-request.ts';
import { headerText } from './header-text.ts';

export function sensitivityOf(client: AskedRequest['client'], headers: IncomingHttpHeaders): Sensitivity {
  const own = client?.sensitivity ?? 'normal';
  const said = headerText(headers, 'x-gatehouse-sensitivity');
  return said === null || said.trim() === '' ? own : higher(own, readSensitivity(said));
}

/** A word that is none of ours is taken for the highest: who says something here means that it is private. */
function readSensitivity(said: string): Sensitivity {
  const word = said.trim().toLowerCase();
  return sensitivities.find((known) => known === word) ?? 'secret';
}

function higher(one: Sensitivity, other: Sensitivity): Sensitivity {
  return sensitivities.indexOf(one) >= sensitivities.indexOf(other) ? one : other;
}
