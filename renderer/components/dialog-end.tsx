/** The end of a dialog: what went wrong, the way back, and the buttons that do what it is for. */
import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { ErrorLine } from './notice.tsx';
import type { Task } from './use-task.ts';

interface DialogEndProps {
  readonly task: Task;
  /** What the way back says. */
  readonly leave?: string;
  readonly onLeave: () => void;
  readonly children: ReactNode;
}

export function DialogEnd({ task, leave = 'Cancel', onLeave, children }: DialogEndProps) {
  return (
    <>
      <ErrorLine message={task.failure?.message ?? null} />
      <div className="flex justify-end gap-2">
        <Button onClick={onLeave}>{leave}</Button>
        {children}
      </div>
    </>
  );
}
