/** A switch: on or off, at once. */
import * as Switch from '@radix-ui/react-switch';
import { type ReactNode, useId } from 'react';

interface ToggleProps {
  readonly label: string;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onChange: (checked: boolean) => void;
}

interface SwitchProps extends Omit<ToggleProps, 'label'> {
  readonly 'aria-label'?: string;
  readonly 'aria-labelledby'?: string;
  readonly 'aria-describedby'?: string;
}

function BareSwitch({ onChange, ...rest }: SwitchProps) {
  return (
    <Switch.Root
      {...rest}
      onCheckedChange={onChange}
      className="relative h-5 w-9 shrink-0 rounded-full border border-edge bg-sunken transition-colors data-[state=checked]:border-accent data-[state=checked]:bg-accent disabled:opacity-60"
    >
      <Switch.Thumb className="block size-3.5 translate-x-0.5 rounded-full bg-edge transition-transform data-[state=checked]:translate-x-[18px] data-[state=checked]:bg-accent-ink" />
    </Switch.Root>
  );
}

export function Toggle({ label, checked, disabled = false, onChange }: ToggleProps) {
  return <BareSwitch aria-label={label} checked={checked} disabled={disabled} onChange={onChange} />;
}

/** The same with its label beside it and a sentence of what it does. */
export function ToggleField({ label, hint, disabled = false, ...rest }: ToggleProps & { readonly hint: ReactNode }) {
  const id = useId();
  return (
    <div className="flex items-start gap-3">
      <BareSwitch aria-labelledby={`${id}-label`} aria-describedby={`${id}-hint`} disabled={disabled} {...rest} />
      <div className="grid min-w-0 gap-1">
        <p id={`${id}-label`} className="font-medium">
          {label}
        </p>
        <p id={`${id}-hint`} className="text-soft wrap-anywhere">
          {hint}
        </p>
      </div>
    </div>
  );
}
