/** What the engine wrote last, with the file that has all of it. */
import { RefreshCw } from 'lucide-react';
import { useLayoutEffect, useRef, useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { CopyButton } from '../../../components/copy-button.tsx';
import { formatTime } from '../../../components/formats.ts';
import { ErrorNotice, SkeletonRows } from '../../../components/notice.tsx';
import { useEngineLog } from '../../../stores/local-models.ts';

const shownLines = 500;

/** Read only when somebody opens it. */
export function EngineLog() {
  const [open, setOpen] = useState(false);
  return (
    <details
      onToggle={(event) => setOpen(event.currentTarget.open)}
      className="rounded-md border border-line bg-raised px-4 py-3"
    >
      <summary className="cursor-pointer font-medium">Log</summary>
      {open ? <Lines /> : null}
    </details>
  );
}

function Lines() {
  const { value, error, reading, retry } = useEngineLog(shownLines);
  const frame = useRef<HTMLPreElement>(null);
  const count = value?.items.length ?? 0;
  useLayoutEffect(() => {
    // The newest are wanted, and stand at the end.
    if (frame.current && count > 0) frame.current.scrollTop = frame.current.scrollHeight;
  }, [count]);
  if (value === null) {
    return error === null ? (
      <SkeletonRows rows={4} />
    ) : (
      <ErrorNotice title="The log could not be read" message={error} onRetry={retry} />
    );
  }
  return (
    <div className="mt-2 grid gap-2">
      <div className="flex items-center gap-1">
        <code className="min-w-0 truncate font-mono text-xs" title={value.file}>
          {value.file}
        </code>
        <CopyButton small text={value.file} what="place of the log" />
        <Button icon={<RefreshCw aria-hidden className="size-4" />} disabled={reading} onClick={retry} className="ml-auto">
          Read again
        </Button>
      </div>
      {count === 0 ? (
        <p className="text-soft">It has written nothing since Gatehouse started.</p>
      ) : (
        <pre
          ref={frame}
          tabIndex={0}
          role="region"
          aria-label="Lines of the log"
          className="max-h-72 overflow-auto rounded-md border border-line bg-sunken p-2 font-mono text-xs leading-[18px] whitespace-pre-wrap wrap-anywhere"
        >
          {value.items.map(({ atMs, text }) => `${formatTime(atMs, Date.now())}  ${text}`).join('\n')}
        </pre>
      )}
    </div>
  );
}
