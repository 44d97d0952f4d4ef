/** The examples to begin with, each with what it does. */
import { editPolicy, usePolicyDraft } from '../../stores/policy-draft.ts';
import { navigate } from '../../stores/route.ts';
import { type ModelChoice, type Template, templates } from './templates.ts';
import { useModelChoice } from './use-model-choice.ts';

/** @returns the place of its first rule; null for a template without, whose alias is shown where aliases are */
function addTemplate(template: Template, models: ModelChoice): number | null {
  const { rules } = usePolicyDraft.getState().policy;
  editPolicy((policy) => template.add(policy, models, Date.now()));
  if (usePolicyDraft.getState().policy.rules.length > rules.length) return rules.length;
  navigate('/routing?view=aliases');
  return null;
}

interface TemplatePickerProps {
  readonly onChosen: (firstRule: number | null) => void;
  /** Offers a rule without an example too. */
  readonly onBlank?: () => void;
}

const cardLook = 'grid content-start gap-1 rounded-md border border-line bg-raised p-3 text-left hover:border-edge';

export function TemplatePicker({ onChosen, onBlank }: TemplatePickerProps) {
  const models = useModelChoice();
  return (
    <ul aria-label="Templates" className="grid grid-cols-[repeat(auto-fill,minmax(260px,1fr))] gap-2">
      {templates.map((template) => (
        <li key={template.id} className="grid">
          <button type="button" onClick={() => onChosen(addTemplate(template, models))} className={cardLook}>
            <span className="font-medium">{template.title}</span>
            <span className="text-soft">{template.words}</span>
          </button>
        </li>
      ))}
      {onBlank ? (
        <li className="grid">
          <button type="button" onClick={onBlank} className={cardLook}>
            <span className="font-medium">A rule of your own</span>
            <span className="text-soft">Begins by sending everything to one model; you say when and where.</span>
          </button>
        </li>
      ) : null}
    </ul>
  );
}
