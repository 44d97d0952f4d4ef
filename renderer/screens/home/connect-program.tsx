/** How a program is pointed at Gatehouse: base URL, a key, variables, and a command that works. */
import { KeyRound } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { classNames } from '../../components/class-names.ts';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { unknown } from '../../components/formats.ts';
import { NewKeyDialog } from '../../components/new-key-dialog.tsx';
import { Section } from '../../components/section.tsx';
import { useGateway } from '../../stores/gateway.ts';
import { useProviders } from '../../stores/providers.ts';
import { BaseUrls } from './base-urls.tsx';
import { type ClientKind, environmentOf, exampleCommand, kindFacts } from '../../components/client-kinds.ts';
import { exampleModel } from './example-model.ts';

interface CopyRowProps {
  readonly label: string;
  readonly text: string;
  readonly what: string;
  readonly usable: boolean;
  /** Keeps the room of a command, so that nothing moves when it appears. */
  readonly tall?: boolean;
  readonly children?: ReactNode;
}

function CopyRow({ label, text, what, usable, tall = false, children }: CopyRowProps) {
  return (
    <div className="grid grid-cols-[72px_minmax(0,1fr)_auto] items-start gap-x-1">
      <span className="pt-1.5 text-soft">{label}</span>
      <div className="min-w-0">
        <pre
          role="group"
          aria-label={label}
          className={classNames(
            'whitespace-pre-wrap rounded-md border border-line bg-raised px-2 py-1.5 font-mono text-xs leading-[18px] wrap-anywhere',
            tall ? 'min-h-[104px]' : 'min-h-[50px]',
            !usable && 'text-soft',
          )}
        >
          {text}
        </pre>
        {children}
      </div>
      <CopyButton small text={text} what={what} disabled={!usable} />
    </div>
  );
}

/** The models that providers told of, by provider. */
function useKnownModels(): Readonly<Record<string, readonly string[]>> {
  const facts = useProviders((state) => state.facts);
  return Object.fromEntries(Object.entries(facts).map(([id, { models }]) => [id, models?.models.map((model) => model.id) ?? []]));
}

export function ConnectProgram() {
  const status = useGateway((state) => state.status);
  const config = useGateway((state) => state.config);
  const known = useKnownModels();
  const [kind, setKind] = useState<ClientKind>('openai');
  const [key, setKey] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const origin = config === null ? null : (status?.baseUrl ?? null);
  const usable = origin !== null && config !== null;
  const requireKey = config?.effective.access.requireKey ?? true;
  const facts = usable ? { origin, model: exampleModel(config.effective, known), requireKey, key } : null;
  const waiting = status ? 'Nothing to copy while the gateway is off.' : 'Asking the gateway …';
  return (
    <Section
      title="Connect a program"
      aside={
        <Button icon={<KeyRound aria-hidden className="size-4" />} onClick={() => setAsking(true)}>
          New client key
        </Button>
      }
    >
      <BaseUrls origin={origin} chosen={kind} onChoose={setKind} />
      <p className="text-soft">{usable ? kindFacts[kind].hint : waiting}</p>
      <CopyRow label="Variables" what="variables" text={facts ? environmentOf(kind, facts) : unknown} usable={usable} />
      <CopyRow label="Try it" tall what="command" text={facts ? exampleCommand(kind, facts) : unknown} usable={usable}>
        {usable && requireKey && key === null ? (
          <p className="pt-1 text-soft">Make a client key, and it appears in both.</p>
        ) : null}
      </CopyRow>
      <NewKeyDialog open={asking} onClose={() => setAsking(false)} onCreated={setKey} />
    </Section>
  );
}
