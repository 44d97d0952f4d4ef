/** The command that asks a local model, ready to be pasted: with a key in it as soon as one is made here. */
import { CircleCheck, KeyRound } from 'lucide-react';
import { Button } from '../../components/button.tsx';
import { exampleCommand } from '../../components/client-kinds.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { useGateway } from '../../stores/gateway.ts';

interface TryCommandProps {
  /** `provider/model` */
  readonly model: string;
  /** Null while none was made here. */
  readonly apiKey: string | null;
  readonly onAskKey: () => void;
}

export function TryCommand({ model, apiKey, onAskKey }: TryCommandProps) {
  const origin = useGateway((state) => state.status?.baseUrl ?? null);
  const requireKey = useGateway((state) => state.config?.effective.access.requireKey ?? true);
  if (origin === null) return <p className="text-soft">Programs can ask for it when the gateway is switched on.</p>;
  const command = exampleCommand('openai', { origin, model, requireKey, key: apiKey });
  return (
    <div className="grid gap-1">
      <div className="flex flex-wrap items-center gap-2">
        <p className="flex min-w-56 flex-1 items-center gap-1.5 font-medium">
          <CircleCheck aria-hidden className="size-4 shrink-0 text-good" />
          <span className="min-w-0 wrap-anywhere">Ready: programs ask for {model}</span>
        </p>
        {requireKey ? (
          <Button icon={<KeyRound aria-hidden className="size-4" />} onClick={onAskKey}>
            New client key
          </Button>
        ) : null}
        <CopyButton text={command} what="command" />
      </div>
      <pre
        role="group"
        aria-label="Command that asks it"
        className="rounded-md border border-line bg-raised px-2 py-1.5 font-mono text-xs leading-[18px] whitespace-pre-wrap wrap-anywhere"
      >
        {command}
      </pre>
      {requireKey && apiKey === null ? <p className="text-soft">Make a client key, and it appears in the command.</p> : null}
    </div>
  );
}
