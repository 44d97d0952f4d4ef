/** What may be chosen of the local engine, and what each choice writes into the config. Pure. */
import type { LocalEngineSettings } from '../../../../gateway/contract/local-engine/settings.ts';

export interface Choice {
  readonly name: 'start' | 'flashAttention' | 'kvCacheType';
  readonly label: string;
  readonly hint: string;
  /** What is written is undefined where the usual holds. */
  readonly options: readonly (readonly [option: string, words: string, written: string | boolean | undefined])[];
}

/** Whether flash attention is on, off, or the engine's to decide, as an option of its list. */
export function attentionValue({ flashAttention }: Pick<LocalEngineSettings, 'flashAttention'>): string {
  return flashAttention === undefined ? '' : flashAttention ? 'on' : 'off';
}

export const engineChoices: readonly Choice[] = [
  {
    name: 'start',
    label: 'When Gatehouse starts',
    hint: 'Where no engine runs yet; one that runs is used as it is.',
    options: [
      ['as-left', 'Start it if it ran (usual)', undefined],
      ['always', 'Always start it', 'always'],
      ['never', 'Never start it', 'never'],
    ],
  },
  {
    name: 'flashAttention',
    label: 'Flash attention',
    hint: 'Takes less memory for a long context, on GPUs that can do it.',
    options: [
      ['', 'As the engine decides (usual)', undefined],
      ['on', 'On', true],
      ['off', 'Off', false],
    ],
  },
  {
    name: 'kvCacheType',
    label: 'Precision of what it remembers',
    hint: 'Less takes less memory, and may cost quality. Below f16 it needs flash attention.',
    options: [
      ['', 'f16 (usual)', undefined],
      ['f16', 'f16, always', 'f16'],
      ['q8_0', 'q8_0: about half', 'q8_0'],
      ['q4_0', 'q4_0: about a quarter', 'q4_0'],
    ],
  },
];
