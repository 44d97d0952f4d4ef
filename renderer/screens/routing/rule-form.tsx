/** One rule in a form: its name, when it holds, what it then does. What the form does not know stays as it is. */
import { type ReactNode, useRef, useState } from 'react';
import { ToggleField } from '../../components/toggle.tsx';
import { isObject, type JsonObject, type Place, setAt } from '../../stores/json-value.ts';
import { useModelNames } from '../../stores/model-names.ts';
import { ConditionForm } from './condition-form.tsx';
import { Kept, problemAt, type Problems, Row, SmallChoice, SmallText, Wrong } from './form-parts.tsx';
import { RouteForm } from './route-form.tsx';
import { RuleExtras } from './rule-extras.tsx';

interface RuleFormProps {
  readonly rule: JsonObject;
  readonly problems: Problems;
  readonly onChange: (rule: JsonObject) => void;
}

const known: readonly string[] = ['name', 'enabled', 'when', 'pin', 'use', 'deny', 'parameters', 'limits', 'fallbacks', 'shadow'];

export function RuleForm({ rule, problems, onChange }: RuleFormProps) {
  const set = (place: Place, value: unknown) => {
    const next = setAt(rule, place, value);
    if (isObject(next)) onChange(next);
  };
  const others = Object.entries(rule).filter(([name]) => !known.includes(name));
  return (
    <div className="grid gap-5">
      <Row label="Name">
        <RuleName name={rule.name} error={problemAt(problems, 'name')} onName={(name) => set(['name'], name)} />
      </Row>
      <Part title="When">
        {rule.when === undefined || isObject(rule.when) ? (
          <ConditionForm
            condition={rule.when ?? {}}
            place="when"
            problems={problems}
            onChange={(when) => set(['when'], Object.keys(when).length === 0 ? undefined : when)}
          />
        ) : (
          <Kept value={rule.when} error={problemAt(problems, 'when', true)} />
        )}
      </Part>
      <Part title="Then">
        <Destination rule={rule} problems={problems} onChange={onChange} set={set} />
        <ToggleField
          label="Keep it on this machine"
          hint="Whatever any other rule, fallback or header says: it never goes to a provider elsewhere."
          checked={rule.pin === 'local'}
          onChange={(isOn) => set(['pin'], isOn ? 'local' : undefined)}
        />
        <Wrong message={problemAt(problems, 'pin')} />
      </Part>
      <Part title="Also">
        <RuleExtras rule={rule} problems={problems} set={set} />
      </Part>
      {others.map(([name, value]) => (
        <Row key={name} label={name}>
          <Kept value={value} error={problemAt(problems, name, true)} />
        </Row>
      ))}
      <Wrong message={problemAt(problems, '')} />
    </div>
  );
}

interface RuleNameProps {
  readonly name: unknown;
  readonly error: string | null;
  readonly onName: (name: string) => void;
}

/** A space at its end is the beginning of its next word, not a mistake. */
function RuleName({ name, error, onName }: RuleNameProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const take = (text: string) => {
    setTyped(text);
    onName(text.trim());
  };
  return (
    <span onBlur={() => setTyped(null)} className="grid">
      <SmallText label="Name" value={typed ?? name} onValue={(text) => take(String(text))} error={error} />
    </span>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title} className="grid gap-2">
      <h4 className="font-semibold">{title}</h4>
      {children}
    </section>
  );
}

interface DestinationProps extends RuleFormProps {
  readonly set: (place: Place, value: unknown) => void;
}

function Destination({ rule, problems, onChange, set }: DestinationProps) {
  const [firstModel = ''] = useModelNames();
  const kind = rule.deny === undefined ? (rule.use === undefined ? 'nothing' : 'use') : 'deny';
  /** What was written is there again for who only looked at the other choices. */
  const left = useRef<JsonObject>({});
  const choose = (next: string) => {
    const { use, deny, ...rest } = rule;
    left.current = { ...left.current, ...(use === undefined ? {} : { use }), ...(deny === undefined ? {} : { deny }) };
    if (next === 'use') onChange({ ...rest, use: left.current.use ?? [firstModel] });
    else if (next === 'deny') onChange({ ...rest, deny: left.current.deny ?? 'This is not allowed here.' });
    else onChange(rest);
  };
  return (
    <>
      <Row label="The request">
        <SmallChoice
          label="The request"
          value={kind}
          onValue={choose}
          choices={[
            ['use', 'goes to targets of this rule'],
            ['deny', 'is refused'],
            ['nothing', 'goes where later rules or its name say'],
          ]}
          className="max-w-80"
        />
      </Row>
      {kind === 'use' ? (
        <RouteForm value={rule.use} place="use" problems={problems} onChange={(use) => set(['use'], use)} />
      ) : (
        <Wrong message={problemAt(problems, 'use', true)} />
      )}
      {kind === 'deny' ? (
        <Row label="With these words">
          <SmallText
            label="With these words"
            value={rule.deny}
            onValue={(deny) => set(['deny'], deny)}
            error={problemAt(problems, 'deny')}
          />
        </Row>
      ) : null}
    </>
  );
}
