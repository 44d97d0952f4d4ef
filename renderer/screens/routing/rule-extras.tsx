/** What else a rule may say: settings of the request, limits, fallbacks by the kind of failure, a shadow. */
import type { ReactNode } from 'react';
import { isObject, type JsonObject, type Place, getAt } from '../../stores/json-value.ts';
import { Kept, problemAt, type Problems, Row, SmallChoice, SmallNumber, SmallText } from './form-parts.tsx';
import { TargetList } from './route-form.tsx';

export interface ExtraProps {
  readonly rule: JsonObject;
  readonly problems: Problems;
  /** Undefined takes a part away. */
  readonly set: (place: Place, value: unknown) => void;
}

function Foldable({ title, isSet, children }: { readonly title: string; readonly isSet: boolean; readonly children: ReactNode }) {
  return (
    <details open={isSet} className="group rounded-md border border-line">
      <summary className="flex h-9 cursor-pointer items-center gap-2 px-3 font-medium">
        {title}
        {isSet ? null : <span className="font-normal text-soft">nothing set</span>}
      </summary>
      <div className="grid gap-3 border-line border-t p-3">{children}</div>
    </details>
  );
}

export function RuleExtras(props: ExtraProps) {
  const { rule } = props;
  return (
    <div className="grid gap-2">
      <Foldable title="Settings of the request" isSet={rule.parameters !== undefined}>
        <Parameters {...props} />
      </Foldable>
      <Foldable title="Limits" isSet={rule.limits !== undefined}>
        <Limits {...props} />
      </Foldable>
      <Foldable title="Fallbacks by the kind of failure" isSet={rule.fallbacks !== undefined}>
        <Fallbacks {...props} />
      </Foldable>
      <Foldable title="Shadow" isSet={rule.shadow !== undefined}>
        <ShadowPart {...props} />
      </Foldable>
    </div>
  );
}

const settings = [
  ['temperature', 'Temperature', '0 to 2'],
  ['topP', 'Top P', '0 to 1'],
  ['maxOutputTokens', 'Longest answer', 'tokens'],
  ['reasoningEffort', 'Reasoning', ''],
  ['seed', 'Seed', 'whole number'],
] as const;

const columns = [
  ['defaults', 'where it says nothing'],
  ['overrides', 'always'],
  ['caps', 'at most'],
] as const;

const capped: readonly string[] = ['temperature', 'maxOutputTokens'];

function Parameters({ rule, problems, set }: ExtraProps) {
  const isKnown = rule.parameters === undefined || isObject(rule.parameters);
  if (!isKnown) return <Kept value={rule.parameters} error={problemAt(problems, 'parameters', true)} />;
  return (
    <div className="grid grid-cols-[120px_repeat(3,minmax(0,1fr))] items-start gap-2">
      <span />
      {columns.map(([name, label]) => (
        <span key={name} className="text-soft text-xs">
          {label}
        </span>
      ))}
      {settings.map(([name, label, hint]) => (
        <div key={name} className="contents">
          <span className="pt-1.5">{label}</span>
          {columns.map(([column, words]) => {
            const place: Place = ['parameters', column, name];
            if (column === 'caps' && !capped.includes(name)) return <span key={column} />;
            const shared = { value: getAt(rule, place), error: problemAt(problems, place.join('.')) };
            if (name === 'reasoningEffort') {
              return (
                <SmallChoice
                  key={column}
                  label={`${label}, ${words}`}
                  value={typeof shared.value === 'string' ? shared.value : ''}
                  onValue={(effort) => set(place, effort === '' ? undefined : effort)}
                  choices={[
                    ['', 'not set'],
                    ...(['none', 'minimal', 'low', 'medium', 'high'] as const).map((one) => [one, one] as const),
                  ]}
                />
              );
            }
            return (
              <SmallNumber
                key={column}
                label={`${label}, ${words}`}
                placeholder={hint}
                {...shared}
                onValue={(value) => set(place, value)}
              />
            );
          })}
        </div>
      ))}
    </div>
  );
}

const limits = [
  ['maxCostUsd', 'Cost of one call', 'US dollars, at most, by its estimate'],
  ['firstTokenMs', 'First token within', 'milliseconds; targets known to be slower are asked after the others'],
  ['attempts', 'Attempts', 'in all, for one request'],
  ['timeouts.firstByteMs', 'First byte within', 'milliseconds'],
  ['timeouts.idleMs', 'Silence', 'milliseconds, at most'],
  ['timeouts.totalMs', 'In all within', 'milliseconds'],
] as const;

function Limits({ rule, problems, set }: ExtraProps) {
  if (rule.limits !== undefined && !isObject(rule.limits)) {
    return <Kept value={rule.limits} error={problemAt(problems, 'limits', true)} />;
  }
  return (
    <>
      {limits.map(([path, label, hint]) => {
        const place = ['limits', ...path.split('.')];
        return (
          <Row key={path} label={label} hint={hint}>
            <SmallNumber
              label={label}
              value={getAt(rule, place)}
              onValue={(value) => set(place, value)}
              error={problemAt(problems, place.join('.'))}
              className="max-w-40"
            />
          </Row>
        );
      })}
      <Row label="Price not known" hint="where a cost is limited">
        <SmallChoice
          label="Price not known"
          value={String(getAt(rule, ['limits', 'unknownPrice']) ?? '')}
          onValue={(value) => set(['limits', 'unknownPrice'], value === '' ? undefined : value)}
          choices={[
            ['', 'as usual'],
            ['allow', 'may be asked'],
            ['refuse', 'is not asked'],
          ]}
          className="max-w-40"
        />
      </Row>
    </>
  );
}

const fallbackKinds = [
  ['overload', 'Overloaded', '429, 503, 529 and the like'],
  ['timeout', 'No answer in time', ''],
  ['contextTooLong', 'Prompt too long', 'for what the model can read'],
  ['contentPolicy', 'Filtered', 'by the provider'],
] as const;

function Fallbacks({ rule, problems, set }: ExtraProps) {
  return (
    <>
      <p className="text-soft">Asked before the rule’s other targets when one failed in that way.</p>
      {fallbackKinds.map(([name, label, hint]) => {
        const place: Place = ['fallbacks', name];
        const value = getAt(rule, place);
        return (
          <Row key={name} label={label} hint={hint}>
            {value === undefined || Array.isArray(value) ? (
              <TargetList
                of={label.toLowerCase()}
                targets={value ?? []}
                place={place.join('.')}
                problems={problems}
                onChange={(targets) => set(place, targets.length === 0 ? undefined : targets)}
              />
            ) : (
              <Kept value={value} error={problemAt(problems, place.join('.'), true)} />
            )}
          </Row>
        );
      })}
    </>
  );
}

function ShadowPart({ rule, problems, set }: ExtraProps) {
  if (rule.shadow !== undefined && !isObject(rule.shadow)) {
    return <Kept value={rule.shadow} error={problemAt(problems, 'shadow', true)} />;
  }
  const target = getAt(rule, ['shadow', 'target']);
  const begin = (text: unknown) => {
    if (text === '') set(['shadow'], undefined);
    else if (target === undefined) set(['shadow'], { target: text, share: 0.05 });
    else set(['shadow', 'target'], text);
  };
  const numbers = [
    ['share', 'Part of the requests', '0.05 is one in twenty'],
    ['maxPerDay', 'Copies a day', 'at most; 100 where nothing is said'],
    ['maxUsdPerDay', 'Cost a day', 'US dollars, at most'],
  ] as const;
  return (
    <>
      <p className="text-soft">
        A copy of some requests goes to another target after the answer, to compare. Nobody waits for it.
      </p>
      <Row label="Target">
        <SmallText
          label="Shadow target"
          value={target}
          placeholder="provider/model; empty for none"
          onValue={begin}
          error={problemAt(problems, 'shadow.target')}
        />
      </Row>
      {target === undefined
        ? null
        : numbers.map(([name, label, hint]) => (
            <Row key={name} label={label} hint={hint}>
              <SmallNumber
                label={label}
                value={getAt(rule, ['shadow', name])}
                onValue={(value) => set(['shadow', name], value)}
                error={problemAt(problems, `shadow.${name}`)}
                className="max-w-40"
              />
            </Row>
          ))}
    </>
  );
}
