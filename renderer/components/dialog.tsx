/** A question over the window: keeps the focus, closes on Escape, gives the focus back. */
import * as RadixDialog from '@radix-ui/react-dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from './button.tsx';
import { classNames } from './class-names.ts';

interface ModalDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly description: ReactNode;
  readonly children: ReactNode;
  /** May it be closed without an answer? */
  readonly closable?: boolean;
  /** Along the right edge and as high as the window: for long forms. */
  readonly side?: boolean;
}

const looks = {
  middle: 'top-[12vh] left-1/2 max-h-[80vh] w-[min(480px,calc(100vw-48px))] -translate-x-1/2 rounded-lg border p-6',
  side: 'inset-y-0 right-0 w-[min(560px,calc(100vw-48px))] content-start border-l p-6',
} as const;

/** Radix' own overlay writes a style element, which the page's policy forbids: the veil is a plain element. */
export function ModalDialog({ open, onClose, title, description, children, closable = true, side = false }: ModalDialogProps) {
  const stay = (event: Event) => {
    if (!closable) event.preventDefault();
  };
  return (
    <RadixDialog.Root open={open} onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      <RadixDialog.Portal>
        <div className="fixed inset-0 z-40 bg-veil" />
        <RadixDialog.Content
          onEscapeKeyDown={stay}
          onInteractOutside={stay}
          className={classNames(
            'fixed z-50 grid gap-4 overflow-auto border-line bg-raised shadow-lift',
            looks[side ? 'side' : 'middle'],
          )}
        >
          <div className="grid gap-1 pr-8">
            <RadixDialog.Title className="font-semibold text-lg wrap-anywhere">{title}</RadixDialog.Title>
            <RadixDialog.Description className="text-soft wrap-anywhere">{description}</RadixDialog.Description>
          </div>
          {children}
          {closable ? (
            <IconButton
              label="Close"
              icon={<X aria-hidden className="size-4" />}
              onClick={onClose}
              className="absolute top-4 right-4"
            />
          ) : null}
        </RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  );
}
