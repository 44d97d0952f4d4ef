/** A decision for a person: where it goes and why, every candidate, every rule, and what would have changed it. */
import { Check, CornerDownRight, HouseWifi, Minus, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { CandidateTrace, Counterfactual, DecisionTrace, ReadOnDemand, RuleTrace } from '../../gateway/contract/decision.ts';
import { classNames } from './class-names.ts';
import {
  budgetStandVerdict,
  candidateVerdict,
  decisionSentence,
  effectsWords,
  estimateWords,
  sentenceOf,
  stateWords,
  unreadWords,
} from './decision-words.ts';
import { dialectName } from './dialect-words.ts';
import { formatCount } from './formats.ts';
import { StateBadge } from './state-badge.tsx';

interface DecisionViewProps {
  readonly trace: DecisionTrace;
  /** It is told of a request that came and went. */
  readonly past?: boolean;
}

export function DecisionView({ trace, past = false }: DecisionViewProps) {
  return (
    <div className="grid content-start gap-4">
      <p className={classNames('wrap-anywhere', trace.targets.length === 0 && 'rounded-md bg-warn-ground px-2 py-1.5 text-warn')}>
        {decisionSentence(trace, past)}
      </p>
      {trace.notReadThen ? (
        <p className="flex items-start gap-1.5 text-warn">
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          <span className="min-w-0 wrap-anywhere">
            Not known of this request, since no rule looked at it when it came: {trace.notReadThen.join(', ')}. It is tried as if
            it had said nothing of that.
          </span>
        </p>
      ) : null}
      <Candidates trace={trace} />
      <LeftOut items={trace.leftOut} />
      <Budgets budgets={trace.budgets} />
      <Counterfactuals items={trace.counterfactuals} />
      <Rules rules={trace.rules} />
      <Features trace={trace} />
    </div>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title} className="grid gap-1">
      <h4 className="font-medium text-soft wrap-anywhere">{title}</h4>
      {children}
    </section>
  );
}

const listLook = 'grid divide-y divide-line rounded-md border border-line';

function Candidates({ trace: { candidates, strategy } }: { readonly trace: DecisionTrace }) {
  if (candidates.length === 0) return null;
  const ordered = [...candidates].sort((one, other) => (one.place ?? Infinity) - (other.place ?? Infinity));
  return (
    <Part title={strategy === null ? 'Candidates' : `Candidates, ${strategyWords(strategy)}`}>
      <ol className={listLook}>
        {ordered.map((candidate, index) => (
          <Candidate key={`${candidate.target} ${index}`} candidate={candidate} />
        ))}
      </ol>
    </Part>
  );
}

const strategies: Readonly<Record<string, string>> = {
  first: 'in the order they are written',
  weighted: 'drawn by weight',
  'round-robin': 'one after the other in turn',
  cheapest: 'the cheapest first',
  fastest: 'the fastest first',
  'least-busy': 'the least busy first',
  loaded: 'what is in memory first',
};

export function strategyWords(strategy: string): string {
  return strategies[strategy] ?? strategy;
}

function Candidate({ candidate }: { readonly candidate: CandidateTrace }) {
  const { target, place, reason, local, state } = candidate;
  const facts = [estimateWords(candidate), ...stateWords(state)];
  return (
    <li data-candidate={target} className={classNames('grid gap-0.5 px-2 py-1.5', place === 1 && 'bg-accent-ground')}>
      <p className="flex min-w-0 items-center gap-2">
        <span className={classNames('min-w-0 wrap-anywhere', place === 1 && 'font-medium')}>{target}</span>
        {local ? (
          <span className="inline-flex shrink-0 items-center gap-1 text-soft text-xs">
            <HouseWifi aria-hidden className="size-3.5" /> on this machine
          </span>
        ) : null}
      </p>
      <StateBadge {...candidateVerdict(candidate)} className="text-xs" />
      <p className="text-soft wrap-anywhere">{sentenceOf(reason)}</p>
      {place === null ? null : <p className="text-soft text-xs wrap-anywhere">{facts.join(' · ')}</p>}
    </li>
  );
}

function LeftOut({ items }: { readonly items: DecisionTrace['leftOut'] }) {
  if (items.length === 0) return null;
  return (
    <Part title="Left out: nothing was sent to them">
      <ul className={listLook}>
        {items.map(({ target, reason }, index) => (
          <li key={index} className="grid gap-0.5 px-2 py-1.5 wrap-anywhere">
            <span>{target}</span>
            <span className="text-soft">{sentenceOf(reason)}</span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

/** Of then only those that refused something are known; of now all that would apply. */
function Budgets({ budgets }: { readonly budgets: DecisionTrace['budgets'] }) {
  if (budgets === null || budgets.items.length === 0) return null;
  return (
    <Part title={budgets.asOf === 'then' ? 'Budgets that refused it, as they stood then' : 'Budgets, as they stand now'}>
      <ul className={listLook}>
        {budgets.items.map((budget, index) => (
          <li key={index} className="grid gap-0.5 px-2 py-1.5">
            <p className="wrap-anywhere">
              <span className="font-medium">{budget.name}</span> <span className="text-soft">to {budget.target}</span>
            </p>
            <StateBadge {...budgetStandVerdict(budget)} className="text-xs" />
            <p className="text-soft wrap-anywhere">{sentenceOf(budget.reason)}</p>
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Counterfactuals({ items }: { readonly items: readonly Counterfactual[] }) {
  if (items.length === 0) return null;
  return (
    <Part title="What would change it">
      <ul className={listLook}>
        {items.map(({ target, change }, index) => (
          <li key={index} className="flex gap-2 px-2 py-1.5">
            <CornerDownRight aria-hidden className="mt-0.5 size-4 shrink-0 text-soft" />
            <span className="grid min-w-0 wrap-anywhere">
              <span className="font-medium">{target}</span>
              <span className="text-soft">{sentenceOf(change)}</span>
            </span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Rules({ rules }: { readonly rules: readonly RuleTrace[] }) {
  if (rules.length === 0) return null;
  const held = rules.filter(({ matched }) => matched);
  const others = rules.filter(({ matched }) => !matched);
  return (
    <Part title="Rules">
      {held.length === 0 ? <p>No rule holds for it.</p> : <RuleRows rules={held} />}
      {others.length === 0 ? null : (
        <details>
          <summary className="cursor-pointer py-1 text-soft">
            {others.length === 1 ? '1 rule does not hold' : `${others.length} rules do not hold`}
          </summary>
          <RuleRows rules={others} />
        </details>
      )}
    </Part>
  );
}

function RuleRows({ rules }: { readonly rules: readonly RuleTrace[] }) {
  return (
    <ul className={listLook}>
      {rules.map((rule) => (
        <li key={rule.name} className="flex gap-2 px-2 py-1.5">
          {rule.matched ? (
            <Check aria-hidden className="mt-0.5 size-4 shrink-0 text-good" />
          ) : (
            <Minus aria-hidden className="mt-0.5 size-4 shrink-0 text-soft" />
          )}
          <span className="min-w-0 wrap-anywhere">
            <span className="font-medium">{rule.name}</span> <span className="text-soft">{effectsWords(rule)} </span>
            <span className="text-soft">{sentenceOf(rule.reason)}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

/** What the rules saw of the request. */
function Features({ trace: { features } }: { readonly trace: DecisionTrace }) {
  const needs = (['tools', 'images', 'schema', 'reasoning', 'stream'] as const).filter((need) => features[need]);
  const facts: (readonly [name: string, value: string])[] = [
    ['Model', features.requestedModel],
    ['Format', dialectName(features.dialect)],
    ['Program', features.client ?? 'none'],
    ['Sensitivity', features.sensitivity],
    ['Tier', features.tier ?? 'none'],
    ['May use', features.allowedModels?.join(', ') ?? 'any model'],
  ];
  const add = (read: ReadOnDemand, name: string, value: string): void => {
    if (!features.unread.includes(read)) facts.push([name, value]);
  };
  add('task', 'Task', `${features.task}${features.taskSaid ? ' (the program says so)' : ' (inferred)'}`);
  add('inputTokens', 'Input', `~${formatCount(features.inputTokens)} tokens`);
  const { maxOutputTokens } = features;
  add('maxOutputTokens', 'Answer', maxOutputTokens === null ? 'no limit said' : `at most ${formatCount(maxOutputTokens)} tokens`);
  add('tools', 'Wants', needs.length === 0 ? 'nothing special' : needs.join(', '));
  add('session', 'Session', features.session ?? 'none');
  for (const [name, value] of Object.entries(features.headers)) facts.push([`Header ${name}`, value]);
  for (const [name, value] of Object.entries(features.metadata)) facts.push([`Metadata ${name}`, value]);
  return (
    <details>
      <summary className="cursor-pointer font-medium text-soft">What the rules saw of it</summary>
      <dl className="mt-1 grid grid-cols-[112px_minmax(0,1fr)] gap-x-3 gap-y-1">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-soft wrap-anywhere">{name}</dt>
            <dd className="wrap-anywhere">{value}</dd>
          </div>
        ))}
      </dl>
      {features.unread.length === 0 ? null : <p className="mt-1 text-soft">{unreadWords(features.unread)}</p>}
    </details>
  );
}
