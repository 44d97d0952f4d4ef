/** The fields of settings that are typed, each with its explanation and what is wrong with it. */
import { TextField } from '../field.tsx';
import type { Failure } from '../use-task.ts';
import { shownText, typedProblem, type TypedSetting, type TypedTexts } from './typed-settings.ts';

interface SettingFieldsProps {
  readonly settings: readonly TypedSetting[];
  readonly saved: Readonly<Record<string, unknown>>;
  readonly typed: TypedTexts;
  readonly onTyped: (typed: TypedTexts) => void;
  readonly failure: Failure | null;
}

/** Does the gateway's refusal name this field? Its path ends with the field's name. */
export function isAbout(failure: Failure | null, name: string): boolean {
  return failure?.field?.split('.').at(-1) === name;
}

export function SettingFields({ settings, saved, typed, onTyped, failure }: SettingFieldsProps) {
  return (
    <div className="grid grid-cols-[repeat(auto-fill,minmax(220px,1fr))] items-start gap-4">
      {settings.map((setting) => {
        const { name, label, hint, usual, isNumber } = setting;
        const text = shownText(saved, setting, typed);
        return (
          <TextField
            key={name}
            label={label}
            inputMode={isNumber ? 'numeric' : 'text'}
            placeholder={usual}
            value={text}
            onValue={(value) => onTyped({ ...typed, [name]: value })}
            error={typedProblem(setting, text) ?? (isAbout(failure, name) ? failure?.message : null)}
            hint={hint}
          />
        );
      })}
    </div>
  );
}
