/** Copies a text and says that it did. */
import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button, IconButton } from './button.tsx';

interface CopyButtonProps {
  readonly text: string;
  /** What is copied: `base URL`. */
  readonly what: string;
  readonly disabled?: boolean;
  /** Only the icon, where room is scarce. */
  readonly small?: boolean;
}

type Outcome = 'none' | 'copied' | 'failed';

export function CopyButton({ text, what, disabled = false, small = false }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<Outcome>('none');
  useEffect(() => {
    if (outcome === 'none') return undefined;
    const timer = setTimeout(() => setOutcome('none'), 1_600);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => setOutcome('copied'),
      () => setOutcome('failed'),
    );
  };
  const icon = outcome === 'copied' ? <Check aria-hidden className="size-4" /> : <Copy aria-hidden className="size-4" />;
  const word = { none: 'Copy', copied: 'Copied', failed: 'Select it by hand' }[outcome];
  return (
    <>
      {small ? (
        <IconButton label={outcome === 'none' ? `Copy ${what}` : word} icon={icon} disabled={disabled} onClick={copy} />
      ) : (
        <Button icon={icon} disabled={disabled} onClick={copy} aria-label={`${word} ${what}`} className="min-w-24">
          {word}
        </Button>
      )}
      <span role="status" className="sr-only">
        {outcome === 'none' ? '' : `${word}: ${what}`}
      </span>
    </>
  );
}
