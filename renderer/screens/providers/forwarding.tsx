/** Says of a server near by whether it answers itself, since rules may keep requests on this machine. */
import type { ProviderConfig } from '../../../gateway/contract/config.ts';
import { ErrorLine } from '../../components/notice.tsx';
import { Section } from '../../components/section.tsx';
import { ToggleField } from '../../components/toggle.tsx';
import { useTask } from '../../components/use-task.ts';
import { updateProvider } from '../../stores/providers.ts';
import { isOnThisMachine } from '../../stores/this-machine.ts';

export function Forwarding({ provider }: { readonly provider: ProviderConfig }) {
  const task = useTask();
  if (!isOnThisMachine(provider) && provider.forwards !== true) return null;
  return (
    <Section title="Privacy">
      <ToggleField
        label="It passes requests on"
        hint="On for a server that sends requests on to others, such as another gateway or a tunnel: then it does not count as this machine, and a rule that keeps requests here never chooses it."
        checked={provider.forwards === true}
        disabled={task.busy}
        onChange={(isOn) => void task.run(() => updateProvider(provider.id, { forwards: isOn ? true : undefined }))}
      />
      <ErrorLine message={task.failure?.message ?? null} />
    </Section>
  );
}
