/** The rules in their order, each as a sentence, with its switch, its form and its place. */
import { Plus, Route } from 'lucide-react';
import { useRef, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { EmptyNotice, ErrorLine } from '../../components/notice.tsx';
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
import { useDragOrder } from './use-drag-order.ts';
import { useModelChoice } from './use-model-choice.ts';

/** A rule without a namesake is a new one, or the one that stood in its place under a name that nobody has any more. */
function markOf(base: PolicyDocument | undefined, rules: readonly unknown[], index: number): 'new' | 'changed' | null {
  if (!base) return null;
  const rule = rules[index];
  const before = base.rules.find((one) => ruleName(one) === ruleName(rule));
  if (before !== undefined) return sameJson(before, rule) ? null : 'changed';
  const there = base.rules[index];
  const isRenamed = there !== undefined && !rules.some((one) => ruleName(one) === ruleName(there));
  return isRenamed ? 'changed' : 'new';
}

/** What was added is where a person goes on. */
function focusRule(index: number, what: string): void {
  requestAnimationFrame(() => document.querySelectorAll('[data-rule]')[index]?.querySelector<HTMLElement>(what)?.focus());
}

const focusEdit = (index: number | null) => (index === null ? undefined : focusRule(index, '[aria-expanded]'));

export function RulesView() {
  const { rules } = usePolicyDraft(({ policy }) => policy);
  const error = usePolicyCheck((state) => state.error);
  const [open, setOpen] = useState<OpenRule | null>(null);
  const [choosing, setChoosing] = useState(false);
  const { cheap } = useModelChoice();
  const add = () => {
    // It holds for everything, and goes to a model that is there.
    const rule = { name: freeRuleName('new rule', usePolicyDraft.getState().policy), use: [cheap] };
    editPolicy((policy) => insertRule(policy, policy.rules.length, rule));
    setOpen({ index: rules.length, key: keyOf([...rules, rule], rules.length) });
    focusRule(rules.length, 'input');
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
          onChosen={(index) => {
            setChoosing(false);
            setOpen(null);
            focusEdit(index);
          }}
        />
      ) : null}
    </div>
  );
}

function NoRules({ onBlank }: { readonly onBlank: () => void }) {
  return (
    <div className="grid content-start gap-2">
      <EmptyNotice icon={Route} title="No rules yet">
        Requests go to the model they ask for. A rule decides otherwise: by what a request is for, who asks, how long or how
        private it is. Begin with one of these; nothing is in force until you apply it.
      </EmptyNotice>
      <TemplatePicker onChosen={focusEdit} onBlank={onBlank} />
    </div>
  );
}

/** The rule whose form is open. Its row keeps its key while its name is typed, or it would be drawn anew under the cursor. */
interface OpenRule {
  readonly index: number;
  readonly key: string;
}

interface RuleRowsProps {
  readonly open: OpenRule | null;
  readonly onOpen: (open: OpenRule | null) => void;
}

/** A row that moved is another place of the document: what had the focus in it gets it back. */
function keepFocus(): void {
  const focused = document.activeElement;
  if (!(focused instanceof HTMLElement)) return;
  const row = focused.closest('[data-rule]');
  requestAnimationFrame(() => {
    const isUsable = focused instanceof HTMLButtonElement && !focused.disabled;
    (isUsable ? focused : row?.querySelector<HTMLElement>('[aria-expanded]'))?.focus();
    row?.scrollIntoView({ block: 'nearest' });
  });
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
    if (open) onOpen({ ...open, index: indexAfterMove(open.index, from, to) });
    keepFocus();
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
            key={open?.index === index ? open.key : keyBeside(open, keyOf(rules, index))}
            rule={rule}
            index={index}
            count={rules.length}
            sentence={sentenceOf(check, rule, index)}
            problems={ruleProblems(check, rule, index)}
            warnings={[...ruleProblems(check, rule, index, 'warning').values()]}
            mark={markOf(base, rules, index)}
            open={open?.index === index}
            landing={landing(index)}
            dragged={drag?.from === index}
            handle={handle(index)}
            onOpen={(isOpen) => onOpen(isOpen ? { index, key: keyOf(rules, index) } : null)}
            onChange={(next) => editPolicy((policy) => changeRule(policy, index, next))}
            onMove={(to) => move(index, to)}
            onDuplicate={() => {
              editPolicy((policy) => duplicateRule(policy, index));
              const copied = usePolicyDraft.getState().policy.rules;
              onOpen({ index: index + 1, key: keyOf(copied, index + 1) });
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
function keyOf(rules: readonly unknown[], index: number): string {
  const name = ruleName(rules[index]);
  return `${rules.slice(0, index).filter((rule) => ruleName(rule) === name).length} ${name}`;
}

const keyBeside = (open: OpenRule | null, key: string): string => (key === open?.key ? `${key} besides` : key);

function indexAfterMove(index: number, from: number, to: number): number {
  if (index === from) return to;
  if (from < index && index <= to) return index - 1;
  return to <= index && index < from ? index + 1 : index;
}
