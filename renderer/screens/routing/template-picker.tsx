/** The examples to begin with, each with what it does. */
import { useGateway } from '../../stores/gateway.ts';
import { editPolicy } from '../../stores/policy-draft.ts';
import { chooseModels, type Template, templates } from './templates.ts';

function addTemplate(template: Template): void {
  const providers = useGateway.getState().config?.effective.providers ?? [];
  editPolicy((policy) => template.add(policy, chooseModels(providers), Date.now()));
}

interface TemplatePickerProps {
  readonly onChosen: () => void;
  /** Offers a rule without an example too. */
  readonly onBlank?: () => void;
}

const cardLook = 'grid content-start gap-1 rounded-md border border-line bg-raised p-3 text-left hover:border-edge';

export function TemplatePicker({ onChosen, onBlank }: TemplatePickerProps) {
  return (
    <ul aria-label="Templates" className="grid grid-cols-[repeat(auto-fill,minmax(260px,1fr))] gap-2">
      {templates.map((template) => (
        <li key={template.id} className="grid">
          <button
            type="button"
            onClick={() => {
              addTemplate(template);
              onChosen();
            }}
            className={cardLook}
          >
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
