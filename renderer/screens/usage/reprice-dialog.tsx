/** Computes the costs of old requests anew: first what would change, then, when a person says so, the change. */
import { type FormEvent, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { ModalDialog } from '../../components/dialog.tsx';
import { SelectField, TextField } from '../../components/field.tsx';
import { formatCount } from '../../components/formats.ts';
import { ErrorLine } from '../../components/notice.tsx';
import { useTask } from '../../components/use-task.ts';
import { useGateway } from '../../stores/gateway.ts';
import { type RepriceAsk, reprice, type Repricing } from '../../stores/prices.ts';
import { outcomeWords, repriceDescription, sumWords } from './reprice-words.ts';
import { dayText, startOfDay } from './usage-address.ts';

interface Found {
  readonly ask: RepriceAsk;
  readonly answer: Repricing;
  readonly applied: boolean;
}

export function RepriceDialog({ onClose }: { readonly onClose: () => void }) {
  const [found, setFound] = useState<Found | null>(null);
  const task = useTask();
  const look = (ask: RepriceAsk) =>
    void task.run(async () => setFound({ ask, answer: await reprice(ask, false), applied: false }));
  const apply = (ask: RepriceAsk) =>
    void task.run(async () => setFound({ ask, answer: await reprice(ask, true), applied: true }));
  return (
    <ModalDialog open side onClose={onClose} title="Re-price old requests" description={repriceDescription}>
      {found === null ? null : <Outcome found={found} />}
      {found?.applied ? (
        <div className="flex justify-end">
          <Button look="primary" onClick={onClose}>
            Done
          </Button>
        </div>
      ) : (
        <RangeForm
          busy={task.busy}
          found={found}
          onLook={look}
          onApply={apply}
          onChange={() => {
            task.clear();
            setFound(null);
          }}
        />
      )}
      <ErrorLine message={task.failure?.message ?? null} />
    </ModalDialog>
  );
}

interface RangeFormProps {
  readonly busy: boolean;
  readonly found: Found | null;
  readonly onLook: (ask: RepriceAsk) => void;
  readonly onApply: (ask: RepriceAsk) => void;
  /** What was found is of another range then. */
  readonly onChange: () => void;
}

function monthAgo(): string {
  const now = new Date();
  return dayText(new Date(now.getFullYear(), now.getMonth(), now.getDate() - 29));
}

function RangeForm({ busy, found, onLook, onApply, onChange }: RangeFormProps) {
  const providers = useGateway((state) => state.config?.effective.providers) ?? [];
  const [from, setFrom] = useState(monthAgo);
  const [to, setTo] = useState(() => dayText(new Date()));
  const [provider, setProvider] = useState('');
  const [model, setModel] = useState('');
  const fromMs = startOfDay(from);
  const toMs = startOfDay(to, 1);
  const isRange = fromMs !== null && toMs !== null && fromMs < toMs;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isRange) return;
    onLook({
      fromMs,
      toMs,
      ...(provider === '' ? {} : { provider }),
      ...(model.trim() === '' ? {} : { model: model.trim() }),
    });
  };
  const taking = (set: (text: string) => void) => (text: string) => {
    set(text);
    onChange();
  };
  return (
    <form onSubmit={submit} noValidate className="grid gap-4">
      <div className="grid grid-cols-2 items-start gap-3">
        <TextField label="From" type="date" value={from} onValue={taking(setFrom)} />
        <TextField
          label="To"
          type="date"
          value={to}
          onValue={taking(setTo)}
          error={isRange ? null : 'must not be before the first day'}
        />
        <SelectField label="Provider" value={provider} onValue={taking(setProvider)}>
          <option value="">all</option>
          {providers.map(({ id }) => (
            <option key={id} value={id}>
              {id}
            </option>
          ))}
        </SelectField>
        <TextField label="Model" placeholder="all" value={model} onValue={taking(setModel)} />
      </div>
      <div className="flex justify-end gap-2">
        <Button type="submit" look={found === null ? 'primary' : 'plain'} disabled={busy || !isRange}>
          See what would change
        </Button>
        {found !== null && found.answer.changed > 0 ? (
          <Button look="primary" disabled={busy} onClick={() => onApply(found.ask)}>
            Change {formatCount(found.answer.changed)} {found.answer.changed === 1 ? 'request' : 'requests'}
          </Button>
        ) : null}
      </div>
    </form>
  );
}

function Outcome({ found: { answer, applied } }: { readonly found: Found }) {
  const { models } = answer;
  return (
    <section aria-label="Before and after" className="grid gap-2">
      <p role="status" className="font-medium">
        {outcomeWords(answer, applied)}
      </p>
      {models.length === 0 ? null : (
        <div tabIndex={0} role="region" aria-label="By model" className="max-h-72 overflow-auto rounded-md border border-line">
          <table className="w-full text-right">
            <thead>
              <tr className="border-line border-b text-soft">
                {['Model', 'Requests', 'Before', 'After', 'Without a price'].map((title, index) => (
                  <th key={title} scope="col" className={`px-2 py-1 font-normal ${index === 0 ? 'text-left' : ''}`}>
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {models.map((one) => (
                <tr key={`${one.provider}/${one.model}`} className="border-line border-b last:border-b-0">
                  <th scope="row" className="px-2 py-1 text-left font-normal wrap-anywhere">
                    {one.provider}/{one.model}
                  </th>
                  <td className="px-2 py-1">{formatCount(one.requests)}</td>
                  <td className="px-2 py-1">{sumWords(one.beforeUsd, one.unpricedBefore, one.requests)}</td>
                  <td className="px-2 py-1">{sumWords(one.afterUsd, one.unpricedAfter, one.requests)}</td>
                  <td className="px-2 py-1">
                    {one.unpricedBefore === one.unpricedAfter
                      ? formatCount(one.unpricedAfter)
                      : `${formatCount(one.unpricedBefore)} → ${formatCount(one.unpricedAfter)}`}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
