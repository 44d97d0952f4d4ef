/** The rules in their order, each as a sentence, with its switch, its form and its place. */
import { Plus, Route } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { EmptyNotice, ErrorLine } from '../../components/notice.tsx';
import { useGateway } from '../../stores/gateway.ts';
import { sameJson } from '../../stores/json-value.ts';
import { ruleProblems, sentenceOf, usePolicyCheck } from '../../stores/policy-check.ts';
import {
  changeRule,
  duplicateRule,
  freeRuleName,
  insertRule,
  moveRule,
  type PolicyDocument,
  ruleName,
} from '../../stores/policy-document.ts';
import { deleteRule, editPolicy, usePolicyDraft } from '../../stores/policy-draft.ts';
import { RuleRow } from './rule-row.tsx';
import { TemplatePicker } from './template-picker.tsx';
import { chooseModels } from './templates.ts';
import { useDragOrder } from './use-drag-order.ts';

function markOf(base: PolicyDocument | undefined, rule: unknown): 'new' | 'changed' | null {
  if (!base) return null;
  const before = base.rules.find((one) => ruleName(one) === ruleName(rule));
  if (before === undefined) return 'new';
  return sameJson(before, rule) ? null : 'changed';
}

/** A rule to begin with: it holds for everything and goes to a model that is there. */
function blankRule(policy: PolicyDocument): unknown {
  const providers = useGateway.getState().config?.effective.providers ?? [];
  return { name: freeRuleName('new rule', policy), use: [chooseModels(providers).cheap] };
}

export function RulesView() {
  const { rules } = usePolicyDraft(({ policy }) => policy);
  const error = usePolicyCheck((state) => state.error);
  const [open, setOpen] = useState<number | null>(null);
  const [choosing, setChoosing] = useState(false);
  const add = () => {
    editPolicy((policy) => insertRule(policy, policy.rules.length, blankRule(policy)));
    setOpen(rules.length);
  };
  if (rules.length === 0) return <NoRules onBlank={add} />;
  return (
    <div className="grid content-start gap-3">
      <p className="text-soft">
        Read from top to bottom: for where a request goes, and for each setting and limit, the first rule that holds has the say.
      </p>
      <ErrorLine message={error === null ? null : `The rules could not be checked: ${error}`} />
      <RuleRows open={open} onOpen={setOpen} />
      <div className="flex flex-wrap gap-2">
        <Button icon={<Plus aria-hidden className="size-4" />} onClick={add}>
          Add a rule
        </Button>
        <Button aria-expanded={choosing} onClick={() => setChoosing(!choosing)}>
          From a template
        </Button>
      </div>
      {choosing ? (
        <TemplatePicker
          onChosen={() => {
            setChoosing(false);
            setOpen(null);
          }}
        />
      ) : null}
    </div>
  );
}

function NoRules({ onBlank }: { readonly onBlank: () => void }) {
  const blank: ReactNode = (
    <Button icon={<Plus aria-hidden className="size-4" />} onClick={onBlank}>
      Write a rule of your own
    </Button>
  );
  return (
    <div className="grid content-start gap-4">
      <EmptyNotice icon={Route} title="No rules yet" action={blank}>
        Requests go to the model they ask for. A rule decides otherwise: by what a request is for, who asks, how long or how private
        it is. Begin with one of these; nothing is in force until you apply it.
      </EmptyNotice>
      <TemplatePicker onChosen={() => undefined} />
    </div>
  );
}

interface RuleRowsProps {
  readonly open: number | null;
  readonly onOpen: (index: number | null) => void;
}

function RuleRows({ open, onOpen }: RuleRowsProps) {
  const { rules } = usePolicyDraft(({ policy }) => policy);
  const base = usePolicyDraft((draft) => draft.base?.policy);
  const check = usePolicyCheck((state) => state.check);
  const list = useRef<HTMLOListElement>(null);
  const [said, setSaid] = useState('');
  const move = (from: number, to: number) => {
    if (to < 0 || to >= rules.length) return;
    editPolicy((policy) => moveRule(policy, from, to));
    setSaid(`${ruleName(rules[from])} is now rule ${to + 1} of ${rules.length}.`);
    if (open !== null) onOpen(moveRule({ rules: rules.map((_rule, index) => index), aliases: {} }, from, to).rules.indexOf(open));
  };
  const { drag, handle } = useDragOrder(list, move);
  const landing = (index: number) => {
    if (!drag || drag.from === drag.to || index !== drag.to) return null;
    return drag.to < drag.from ? 'above' : 'below';
  };
  return (
    <>
      <ol ref={list} aria-label="Rules" className="grid divide-y divide-line rounded-md border border-line">
        {rules.map((rule, index) => (
          <RuleRow
            key={ruleName(rule) === '' || open === index ? `place ${index}` : `rule ${ruleName(rule)} ${sameNamesAbove(rules, index)}`}
            rule={rule}
            index={index}
            count={rules.length}
            sentence={sentenceOf(check, rule, index)}
            problems={ruleProblems(check, rule, index)}
            mark={markOf(base, rule)}
            open={open === index}
            landing={landing(index)}
            dragged={drag?.from === index}
            handle={handle(index)}
            onOpen={(isOpen) => onOpen(isOpen ? index : null)}
            onChange={(next) => editPolicy((policy) => changeRule(policy, index, next))}
            onMove={(to) => move(index, to)}
            onDuplicate={() => {
              editPolicy((policy) => duplicateRule(policy, index));
              onOpen(index + 1);
            }}
            onDelete={() => {
              deleteRule(index);
              onOpen(null);
            }}
          />
        ))}
      </ol>
      <p role="status" className="sr-only">
        {said}
      </p>
    </>
  );
}

/** Two rules may have one name until the mistake is mended: their rows need keys of their own all the same. */
function sameNamesAbove(rules: readonly unknown[], index: number): number {
  return rules.slice(0, index).filter((rule) => ruleName(rule) === ruleName(rules[index])).length;
}
