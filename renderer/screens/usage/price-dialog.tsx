/** The form of one's own price for a model. */
import { ChevronRight } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { ListedPrice } from '../../../gateway/contract/money/calls.ts';
import type { PriceOverride, Rates } from '../../../gateway/contract/money/price.ts';
import { Button } from '../../components/button.tsx';
import { ModalDialog } from '../../components/dialog.tsx';
import { TextField } from '../../components/field.tsx';
import { rateWords } from '../../components/money-words.ts';
import { ErrorLine } from '../../components/notice.tsx';
import { ToggleField } from '../../components/toggle.tsx';
import { useTask } from '../../components/use-task.ts';
import { applyEdit } from '../../stores/apply-edit.ts';
import { priceField, putPrice } from '../../stores/edit-money.ts';
import { draftOfPrice, extrasOf, furtherRates, type PriceDraft, readPriceDraft, usualRates } from './price-form.ts';
import { extrasWords, neededRatesWords } from './price-words.ts';

interface PriceDialogProps {
  /** Null asks for the model's name too. */
  readonly listed: ListedPrice | null;
  readonly onClose: () => void;
}

export function PriceDialog({ listed, onClose }: PriceDialogProps) {
  const name = listed === null ? '' : `${listed.provider}/${listed.model}`;
  return (
    <ModalDialog
      open
      side
      onClose={onClose}
      title={listed === null ? 'A price of your own' : `Price of ${name}`}
      description="In US dollars for a million tokens, and the whole of it: nothing is added from the catalog. It goes before what the provider and the catalog say, for requests from now on."
    >
      <PriceForm listed={listed} onClose={onClose} />
    </ModalDialog>
  );
}

function PriceForm({ listed, onClose }: PriceDialogProps) {
  const price = listed?.price ?? null;
  const [name, setName] = useState(listed === null ? '' : `${listed.provider}/${listed.model}`);
  const [draft, setDraft] = useState<PriceDraft>(() => draftOfPrice(price));
  const [keepsExtras, setKeepsExtras] = useState(true);
  const [tried, setTried] = useState(false);
  const task = useTask();
  const extras = extrasOf(price);
  const read = readPriceDraft(draft, keepsExtras ? extras : {});
  const model = name.trim();
  const nameProblem = /^[^/]+\/.+$/.test(model) ? null : 'must be provider/model';
  const put = async (value: PriceOverride | null) => {
    const entry = value === null ? undefined : { ...value };
    if (await task.run(() => applyEdit((document) => putPrice(document, model, entry)))) onClose();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (read.price && nameProblem === null) void put(read.price);
  };
  const refusedAt = priceField(task.failure?.field, model);
  const problems = new Map(tried ? read.problems : []);
  if (refusedAt !== null && task.failure) problems.set(refusedAt, task.failure.message);
  return (
    <form onSubmit={submit} noValidate className="grid gap-4">
      {listed === null ? (
        <TextField
          label="Model"
          placeholder="lab/qwen3:8b"
          value={name}
          onValue={setName}
          error={tried ? (nameProblem ?? problems.get('')) : null}
        />
      ) : null}
      <AllRates draft={draft} problems={problems} onDraft={setDraft} />
      {Object.keys(extras).length === 0 ? null : (
        <ToggleField label="Keep its tiers" hint={extrasWords(extras)} checked={keepsExtras} onChange={setKeepsExtras} />
      )}
      <ErrorLine message={task.failure?.message ?? null} />
      <div className="flex gap-2">
        {price?.source === 'config' ? (
          <Button look="danger" disabled={task.busy} onClick={() => void put(null)}>
            Remove your price
          </Button>
        ) : null}
        <Button onClick={onClose} className="ml-auto">
          Cancel
        </Button>
        <Button look="primary" type="submit" disabled={task.busy}>
          Save
        </Button>
      </div>
    </form>
  );
}

function AllRates(props: Omit<RateFieldsProps, 'rates'>) {
  const isSet = furtherRates.some((rate) => (props.draft[rate] ?? '') !== '');
  const [opened] = useState(isSet);
  return (
    <>
      <RateFields rates={usualRates} {...props} />
      <p className="text-soft">{neededRatesWords}</p>
      <details open={opened} className="group rounded-md border border-line">
        <summary className="flex h-9 cursor-pointer items-center gap-2 px-3 font-medium">
          <ChevronRight aria-hidden className="size-4 shrink-0 text-soft group-open:rotate-90" />
          Further prices
        </summary>
        <div className="grid gap-3 border-line border-t p-3">
          <RateFields rates={furtherRates} {...props} />
          <p className="text-soft">
            What is left empty costs what it is a part of: cached and written tokens as input, reasoning as output; requests and
            searches nothing.
          </p>
        </div>
      </details>
    </>
  );
}

interface RateFieldsProps {
  readonly rates: readonly (keyof Rates)[];
  readonly draft: PriceDraft;
  readonly problems: ReadonlyMap<string, string>;
  readonly onDraft: (draft: PriceDraft) => void;
}

function RateFields({ rates, draft, problems, onDraft }: RateFieldsProps) {
  return (
    <div className="grid grid-cols-2 items-start gap-3">
      {rates.map((rate) => {
        const { label, per } = rateWords[rate];
        return (
          <TextField
            key={rate}
            label={per === 1 ? `${label}, for one` : `${label}, a million`}
            inputMode="decimal"
            value={draft[rate] ?? ''}
            onValue={(text) => onDraft({ ...draft, [rate]: text })}
            error={problems.get(rate)}
          />
        );
      })}
    </div>
  );
}
