/** What one model is asked with: context, keep-alive, and how it is spread over GPU and processor. */
import { type FormEvent, useState } from 'react';
import type { LocalModel } from '../../../gateway/contract/local-engine/models.ts';
import { Button } from '../../components/button.tsx';
import { ModalDialog } from '../../components/dialog.tsx';
import { formatCount } from '../../components/formats.ts';
import { isAbout, SettingFields } from '../../components/local-engine/setting-fields.tsx';
import { modelSettings, shownText, typedProblem, type TypedTexts } from '../../components/local-engine/typed-settings.ts';
import { ErrorLine } from '../../components/notice.tsx';
import { useTask } from '../../components/use-task.ts';
import { setModelOptions } from '../../stores/local-models.ts';
import { editedOptions } from './edited-options.ts';

export function OptionsDialog({ model, onClose }: { readonly model: LocalModel; readonly onClose: () => void }) {
  const [typed, setTyped] = useState<TypedTexts>({});
  const task = useTask();
  const isWrong = modelSettings.some((one) => typedProblem(one, shownText(model.options, one, typed)) !== null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isWrong) return;
    if (await task.run(() => setModelOptions(model.name, editedOptions(model.options, typed)))) onClose();
  };
  const isAtField = modelSettings.some(({ name }) => isAbout(task.failure, name));
  const longest = model.contextTokens === null ? '' : ` It was made for up to ${formatCount(model.contextTokens)} tokens.`;
  return (
    <ModalDialog
      open
      side
      onClose={onClose}
      title={`Options of ${model.name}`}
      description={`They hold for every request that does not say otherwise, and are kept in the config.${longest}`}
    >
      <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        <SettingFields
          settings={modelSettings}
          saved={model.options}
          typed={typed}
          failure={task.failure}
          onTyped={(next) => {
            task.clear();
            setTyped(next);
          }}
        />
        <ErrorLine message={task.failure && !isAtField ? task.failure.message : null} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={task.busy || isWrong || Object.keys(typed).length === 0}>
            Save
          </Button>
        </div>
      </form>
    </ModalDialog>
  );
}
