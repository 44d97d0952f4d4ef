/** What every step of one request's adaptation needs. */
import type { Abilities } from '../abilities.ts';
import type { FidelityNotes } from '../fidelity.ts';
import type { ToolNames } from './tool-names.ts';

export interface Adaptation {
  readonly abilities: Abilities;
  readonly notes: FidelityNotes;
  readonly names: ToolNames;
}
