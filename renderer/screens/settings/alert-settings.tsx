/** Who is told of alerts, and what counts as unusual spending. */
import { X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { AlertSettings as Settings, Webhook, WebhookTest } from '../../../gateway/contract/money/alert.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { TextField } from '../../components/field.tsx';
import { ErrorLine, SkeletonRows } from '../../components/notice.tsx';
import { Section } from '../../components/section.tsx';
import { ToggleField } from '../../components/toggle.tsx';
import { readNumber } from '../../components/typed-number.ts';
import { type Task, useTask } from '../../components/use-task.ts';
import { applyEdit } from '../../stores/apply-edit.ts';
import { putAlertSetting } from '../../stores/edit-money.ts';
import { useGateway } from '../../stores/gateway.ts';
import { addWebhook, removeWebhook, testWebhook } from '../../stores/webhooks.ts';
import { turnedUnusual, type UnusualSpend } from './unusual-spend.ts';

const put = (name: string, value: unknown) => applyEdit((document) => putAlertSetting(document, name, value));

/** The numbers of unusual spending as they stand in their fields; what is not typed is as it is saved. */
interface TypedUnusual {
  readonly times?: string;
  readonly minUsd?: string;
}

export function AlertSettings() {
  const alerts = useGateway((state) => state.config?.effective.alerts);
  const task = useTask();
  // Both outlive the form, which is gone while the switch is off.
  const [last, setLast] = useState<UnusualSpend | null>(null);
  const [typed, setTyped] = useState<TypedUnusual>({});
  const turnUnusual = (on: boolean, before: Settings['unusualSpend']) => {
    if (before !== false) setLast(before);
    void task.run(() => put('unusualSpend', turnedUnusual(on, last)));
  };
  return (
    <Section title="Alerts">
      <div className="grid gap-4 rounded-md border border-line bg-raised px-4 py-3">
        {alerts === undefined ? (
          <SkeletonRows rows={5} />
        ) : (
          <>
            <ToggleField
              label="Notifications of the desktop"
              hint="When a budget reaches a warning or is spent, a provider bills above its bound, or spending is unusual. Every alert stands under Usage as well."
              checked={alerts.desktop}
              disabled={task.busy}
              onChange={(on) => void task.run(() => put('desktop', on))}
            />
            <ToggleField
              label="Tell me of unusual spending"
              hint="An hour that costs many times the usual."
              checked={alerts.unusualSpend !== false}
              disabled={task.busy}
              onChange={(on) => turnUnusual(on, alerts.unusualSpend)}
            />
            {alerts.unusualSpend === false ? null : <Unusual settings={alerts.unusualSpend} typed={typed} onTyped={setTyped} />}
            <ErrorLine message={task.failure?.message ?? null} />
            <Webhooks webhooks={alerts.webhooks} />
          </>
        )}
      </div>
    </Section>
  );
}

interface UnusualProps {
  readonly settings: UnusualSpend;
  readonly typed: TypedUnusual;
  readonly onTyped: (typed: TypedUnusual) => void;
}

function Unusual({ settings, typed, onTyped }: UnusualProps) {
  const task = useTask();
  const times = readNumber(typed.times ?? String(settings.times), { least: 1.1, most: 1_000 });
  const minUsd = readNumber(typed.minUsd ?? String(settings.minUsd), { least: 0, most: 1_000_000 });
  const isTyped = typed.times !== undefined || typed.minUsd !== undefined;
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!times.ok || !minUsd.ok) return;
    if (await task.run(() => put('unusualSpend', { times: times.value, minUsd: minUsd.value }))) onTyped({});
  };
  return (
    <form onSubmit={(event) => void save(event)} noValidate aria-label="Unusual spending" className="grid gap-2 pl-12">
      <div className="grid grid-cols-[160px_160px_auto] items-start gap-3">
        <TextField
          label="Times the usual"
          inputMode="decimal"
          value={typed.times ?? String(settings.times)}
          onValue={(text) => onTyped({ ...typed, times: text })}
          error={times.ok ? null : times.message}
        />
        <TextField
          label="And at least (US dollars)"
          inputMode="decimal"
          value={typed.minUsd ?? String(settings.minUsd)}
          onValue={(text) => onTyped({ ...typed, minUsd: text })}
          error={minUsd.ok ? null : minUsd.message}
        />
        <Button type="submit" disabled={!isTyped || !times.ok || !minUsd.ok || task.busy} className="mt-6 justify-self-start">
          Save
        </Button>
      </div>
      <ErrorLine message={task.failure?.message ?? null} />
    </form>
  );
}

function Webhooks({ webhooks }: { readonly webhooks: Settings['webhooks'] }) {
  const task = useTask();
  return (
    <div className="grid gap-3 border-line border-t pt-4">
      <div>
        <h3 className="font-medium">Webhooks</h3>
        <p className="text-soft">
          Each alert is posted there as JSON, signed by Standard Webhooks where a secret is given, and again until it is taken.
        </p>
      </div>
      {webhooks.length === 0 ? null : (
        <ul aria-label="Webhooks" className="grid divide-y divide-line rounded-md border border-line">
          {webhooks.map((webhook, index) => (
            <WebhookRow
              key={`${index} ${webhook.url}`}
              webhook={webhook}
              disabled={task.busy}
              onRemove={() => void task.run(() => removeWebhook(index))}
            />
          ))}
        </ul>
      )}
      <ErrorLine message={task.failure?.message ?? null} />
      <NewWebhook count={webhooks.length} />
    </div>
  );
}

interface WebhookRowProps {
  readonly webhook: Webhook;
  readonly disabled: boolean;
  onRemove(): void;
}

function WebhookRow({ webhook, disabled, onRemove }: WebhookRowProps) {
  const { url, secret } = webhook;
  const [told, setTold] = useState<WebhookTest | null>(null);
  const task = useTask();
  const test = () => {
    setTold(null);
    void task.run(async () => setTold(await testWebhook(webhook)));
  };
  return (
    <li className="grid gap-1 py-1 pr-1 pl-3">
      <div className="flex min-h-8 items-center gap-3">
        <span className="min-w-0 flex-1 wrap-anywhere">{url}</span>
        <span className="shrink-0 text-soft text-xs">{secret === undefined ? 'not signed' : 'signed'}</span>
        <Button disabled={disabled || task.busy} aria-label={`Send a test to ${url}`} onClick={test}>
          Test
        </Button>
        <IconButton
          label={`Remove the webhook ${url}`}
          icon={<X aria-hidden className="size-4" />}
          disabled={disabled}
          onClick={onRemove}
        />
      </div>
      {told?.delivered ? (
        <p role="status" className="pb-1 text-soft">
          {told.message}
        </p>
      ) : null}
      <ErrorLine message={task.failure?.message ?? (told?.delivered === false ? told.message : null)} />
    </li>
  );
}

/** What is wrong with a webhook's part; the rest of the failure stands below the form. */
function atField({ failure }: Task, field: string): string | null {
  return failure?.field?.startsWith('alerts.webhooks') && failure.field.endsWith(`.${field}`) ? failure.message : null;
}

function NewWebhook({ count }: { readonly count: number }) {
  const [url, setUrl] = useState('');
  const [secret, setSecret] = useState('');
  const task = useTask();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!(await task.run(() => addWebhook(url.trim(), secret === '' ? null : secret)))) return;
    setUrl('');
    setSecret('');
  };
  const isAtUrl = atField(task, 'url') !== null;
  return (
    <form onSubmit={(event) => void submit(event)} noValidate aria-label="Add a webhook" className="grid gap-2">
      <div className="grid grid-cols-[minmax(0,3fr)_minmax(0,2fr)_auto] items-start gap-3">
        <TextField
          label="Address"
          placeholder="https://hooks.example/gatehouse"
          value={url}
          maxLength={2048}
          onValue={setUrl}
          error={atField(task, 'url')}
        />
        <TextField
          label="Signing secret"
          type="password"
          placeholder="none"
          value={secret}
          onValue={setSecret}
          hint="Kept encrypted, never in the config."
        />
        <Button type="submit" disabled={url.trim() === '' || count >= 16 || task.busy} className="mt-6">
          Add
        </Button>
      </div>
      <ErrorLine message={isAtUrl ? null : (task.failure?.message ?? null)} />
    </form>
  );
}
