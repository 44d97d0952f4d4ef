/** The settings of the local engine that are chosen: each is in force with the choice. */
import type { LocalEngineSettings } from '../../../../gateway/contract/local-engine/settings.ts';
import { SelectField } from '../../../components/field.tsx';
import { ErrorLine } from '../../../components/notice.tsx';
import { ToggleField } from '../../../components/toggle.tsx';
import { useTask } from '../../../components/use-task.ts';
import { changeEngineSettings } from '../../../stores/local-engine.ts';
import { attentionValue, type Choice, engineChoices } from './choices.ts';

export function EngineChoices({ settings }: { readonly settings: LocalEngineSettings }) {
  const task = useTask();
  const change = (changes: Readonly<Record<string, unknown>>) => void task.run(() => changeEngineSettings(changes));
  const valueOf = ({ name }: Choice) => (name === 'flashAttention' ? attentionValue(settings) : (settings[name] ?? ''));
  return (
    <div className="grid gap-4">
      <ToggleField
        label="Use a local engine"
        hint="Off, none is looked for and none is started; models on this machine do not answer."
        checked={settings.enabled}
        disabled={task.busy}
        onChange={(enabled) => change({ enabled: enabled ? undefined : false })}
      />
      <ToggleField
        label="Models that run on Ollama’s servers"
        hint="Usually off: what they are asked leaves this machine, though the engine is here."
        checked={settings.cloudModels}
        disabled={task.busy}
        onChange={(cloudModels) => change({ cloudModels: cloudModels ? true : undefined })}
      />
      <div className="grid grid-cols-[repeat(auto-fill,minmax(220px,1fr))] items-start gap-4">
        {engineChoices.map((choice) => (
          <SelectField
            key={choice.name}
            label={choice.label}
            hint={choice.hint}
            value={valueOf(choice)}
            onValue={(value) => change({ [choice.name]: choice.options.find(([option]) => option === value)?.[2] })}
          >
            {choice.options.map(([option, words]) => (
              <option key={option} value={option}>
                {words}
              </option>
            ))}
          </SelectField>
        ))}
      </div>
      <ErrorLine message={task.failure?.message ?? null} />
    </div>
  );
}
