/** The settings of the local engine that are typed, as a form that keeps what was not saved. */
import { type FormEvent, useState } from 'react';
import type { LocalEngineSettings } from '../../../../gateway/contract/local-engine/settings.ts';
import { Button } from '../../../components/button.tsx';
import { isAbout, SettingFields } from '../../../components/local-engine/setting-fields.tsx';
import {
  engineSettings,
  shownText,
  typedProblem,
  type TypedTexts,
  typedValues,
} from '../../../components/local-engine/typed-settings.ts';
import { ErrorLine } from '../../../components/notice.tsx';
import { useTask } from '../../../components/use-task.ts';
import { changeEngineSettings } from '../../../stores/local-engine.ts';

/** What was typed and not saved stays while a person looks at another screen. */
let kept: TypedTexts = {};

export function EngineNumbers({ settings }: { readonly settings: LocalEngineSettings }) {
  const [typed, setTyped] = useState(kept);
  const write = (next: TypedTexts) => {
    kept = next;
    setTyped(next);
  };
  const task = useTask();
  const isTyped = Object.keys(typed).length > 0;
  const isWrong = engineSettings.some((one) => typedProblem(one, shownText(settings, one, typed)) !== null);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!isTyped || isWrong) return;
    if (await task.run(() => changeEngineSettings(typedValues(engineSettings, typed)))) write({});
  };
  const isAtField = engineSettings.some(({ name }) => isAbout(task.failure, name));
  return (
    <form onSubmit={(event) => void save(event)} noValidate aria-label="Local engine" className="grid gap-4">
      <p className="text-soft">
        For an engine of Gatehouse’s own, from its next start on. An empty field leaves in force what stands in it in grey.
      </p>
      <SettingFields
        settings={engineSettings}
        saved={settings}
        typed={typed}
        failure={task.failure}
        onTyped={(next) => {
          task.clear();
          write(next);
        }}
      />
      <ErrorLine message={task.failure && !isAtField ? task.failure.message : null} />
      <div className="flex gap-2">
        <Button look="primary" type="submit" disabled={!isTyped || isWrong || task.busy}>
          Save
        </Button>
        <Button disabled={!isTyped} onClick={() => write({})}>
          Discard
        </Button>
      </div>
    </form>
  );
}
