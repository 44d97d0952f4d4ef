/** The base URL of every kind of program, to be copied; choosing one shows its variables and a command. */
import { CopyButton } from '../../components/copy-button.tsx';
import { unknown } from '../../components/formats.ts';
import { baseUrlOf, type ClientKind, clientKinds, kindFacts } from '../../components/client-kinds.ts';

interface BaseUrlsProps {
  /** Null while the gateway is off. */
  readonly origin: string | null;
  readonly chosen: ClientKind;
  readonly onChoose: (kind: ClientKind) => void;
}

export function BaseUrls({ origin, chosen, onChoose }: BaseUrlsProps) {
  return (
    <fieldset className="min-w-0">
      <legend className="sr-only">Kind of program</legend>
      <div className="grid grid-cols-2 gap-2 min-[1560px]:grid-cols-4">
        {clientKinds.map((kind) => (
          <div key={kind} className="flex min-w-0 items-center gap-1">
            <label className="flex h-8 min-w-0 flex-1 items-center gap-2 rounded-md border border-line bg-raised px-2 has-checked:border-accent has-checked:bg-accent-ground has-focus-visible:outline-2 has-focus-visible:outline-accent">
              <input
                type="radio"
                name="kind-of-program"
                value={kind}
                checked={chosen === kind}
                onChange={() => onChoose(kind)}
                className="accent-accent outline-none"
              />
              <span className="shrink-0 font-medium">{kindFacts[kind].name}</span>
              <code className="min-w-0 truncate font-mono text-xs">{origin === null ? unknown : baseUrlOf(kind, origin)}</code>
            </label>
            <CopyButton
              small
              text={origin === null ? '' : baseUrlOf(kind, origin)}
              what={`base URL for ${kindFacts[kind].name}`}
              disabled={origin === null}
            />
          </div>
        ))}
      </div>
    </fieldset>
  );
}
