/** How Gatehouse deals with providers that fail: how often it asks, and when it stops asking for a while. */
import { type FormEvent, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { TextField } from '../../components/field.tsx';
import { ErrorLine, SkeletonRows } from '../../components/notice.tsx';
import { Section } from '../../components/section.tsx';
import { ToggleField } from '../../components/toggle.tsx';
import { useTask } from '../../components/use-task.ts';
import { applyEdit } from '../../stores/apply-edit.ts';
import { useGateway } from '../../stores/gateway.ts';
import { setAt } from '../../stores/json-value.ts';
import { afterTyping, type NumberSetting, numberProblem, numberSettings, shownValue, type Typed } from './reliability-form.ts';

const change = (edit: (reliability: unknown) => unknown) =>
  applyEdit((document) => ({ ...document, reliability: edit(document.reliability) }));

export function Reliability() {
  const settings = useGateway((state) => state.config?.effective.reliability);
  const task = useTask();
  return (
    <Section title="Reliability">
      <div className="grid gap-4 rounded-md border border-line bg-raised px-4 py-3">
        {settings === undefined ? (
          <SkeletonRows rows={6} />
        ) : (
          <>
            <Numbers />
            <div className="border-line border-t pt-4">
              <ToggleField
                label="Ask failed providers whether they are back"
                hint="At their lists of models, which costs no tokens. Without it, the next request finds out."
                checked={settings.healthChecks}
                disabled={task.busy}
                onChange={(on) => void task.run(() => change((before) => setAt(before ?? {}, ['healthChecks'], on)))}
              />
            </div>
            <ErrorLine message={task.failure?.message ?? null} />
          </>
        )}
      </div>
    </Section>
  );
}

/** What was typed and not saved stays while a person looks at another screen. */
let kept: Typed = {};

function Numbers() {
  const settings = useGateway((state) => state.config?.effective.reliability);
  /** Only what a person typed: the rest follows what is saved. */
  const [typed, setTyped] = useState<Typed>(kept);
  const write = (next: Typed) => {
    kept = next;
    setTyped(next);
  };
  const task = useTask();
  if (!settings) return null;
  const isTyped = Object.keys(typed).length > 0;
  const isWrong = numberSettings.some((one) => numberProblem(one, shownValue(settings, one, typed)) !== null);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!isTyped || isWrong) return;
    if (await task.run(() => change((before) => afterTyping(before, typed)))) write({});
  };
  const errorOf = (one: NumberSetting) =>
    numberProblem(one, shownValue(settings, one, typed)) ??
    (task.failure?.field === `reliability.${one.place.join('.')}` ? task.failure.message : null);
  const isAtField = numberSettings.some((one) => task.failure?.field === `reliability.${one.place.join('.')}`);
  return (
    <form onSubmit={(event) => void save(event)} noValidate aria-label="Reliability" className="grid gap-4">
      <div className="grid grid-cols-[repeat(auto-fill,minmax(248px,1fr))] items-start gap-4">
        {numberSettings.map((one) => (
          <TextField
            key={one.place.join('.')}
            label={`${one.label} (${one.unit})`}
            inputMode="decimal"
            placeholder={String(one.usual / one.scale)}
            value={shownValue(settings, one, typed)}
            onValue={(text) => {
              task.clear();
              write({ ...typed, [one.place.join('.')]: text });
            }}
            error={errorOf(one)}
            hint={`${one.hint} Usually ${one.usual / one.scale}.`.trim()}
          />
        ))}
      </div>
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
