/** Saved searches: those that are there, and the one that is shown under a name of its own. */
import { Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { Button, IconButton } from '../../components/button.tsx';
import { ModalDialog } from '../../components/dialog.tsx';
import { TextField } from '../../components/field.tsx';
import { messageOf } from '../../stores/message-of.ts';
import { removeView, saveView, type SavedView, useSavedViews } from '../../stores/saved-views.ts';

interface ViewsDialogProps {
  readonly query: string;
  readonly onShow: (query: string) => void;
  readonly onClose: () => void;
}

export function ViewsDialog({ query, onShow, onClose }: ViewsDialogProps) {
  const views = useSavedViews((state) => state.views);
  const [removed, setRemoved] = useState<SavedView | null>(null);
  const remove = (view: SavedView) => {
    removeView(view.name);
    setRemoved(view);
  };
  const undo = () => {
    if (removed) saveView(removed);
    setRemoved(null);
  };
  return (
    <ModalDialog open onClose={onClose} title="Saved views" description="Searches under a name. This browser keeps them.">
      {views.length === 0 ? <p className="text-soft">None yet.</p> : null}
      <ul aria-label="Saved views" className="grid gap-1">
        {views.map((view) => (
          <li key={view.name} className="flex min-w-0 items-center gap-1">
            <button
              type="button"
              onClick={() => onShow(view.query)}
              className="min-w-0 flex-1 rounded-md px-2 py-1 text-left hover:bg-sunken"
            >
              <span className="block truncate font-medium">{view.name}</span>
              <span className="block truncate font-mono text-soft text-xs">{view.query}</span>
            </button>
            <IconButton
              label={`Remove the view ${view.name}`}
              icon={<Trash2 aria-hidden className="size-4" />}
              onClick={() => remove(view)}
            />
          </li>
        ))}
      </ul>
      {removed ? (
        <p role="status" className="flex items-center gap-2">
          <span className="min-w-0 truncate">Removed {removed.name}.</span>
          <Button onClick={undo}>Undo</Button>
        </p>
      ) : null}
      {query === '' ? (
        <p className="text-soft">Search for something to save it here.</p>
      ) : (
        <SaveForm query={query} onSaved={onClose} />
      )}
    </ModalDialog>
  );
}

function SaveForm({ query, onSaved }: { readonly query: string; readonly onSaved: () => void }) {
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const isTaken = useSavedViews(({ views }) => views.some((view) => view.name === name.trim()));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '') return setProblem('Give it a name.');
    try {
      saveView({ name: name.trim(), query });
      onSaved();
    } catch (error) {
      setProblem(`The browser could not keep it: ${messageOf(error)}`);
    }
  };
  return (
    <form onSubmit={submit} className="grid gap-3 border-line border-t pt-4">
      <TextField
        label="Name of what is shown now"
        hint={isTaken ? 'There is a view of this name; it will be replaced.' : query}
        error={problem}
        maxLength={60}
        value={name}
        onValue={(value) => {
          setName(value);
          setProblem(null);
        }}
      />
      <Button type="submit" look="primary" className="justify-self-start">
        Save view
      </Button>
    </form>
  );
}
