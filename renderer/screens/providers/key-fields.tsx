/** Where a key comes from: pasted and kept encrypted, or from an environment variable. */
import type { ReactNode } from 'react';
import { SelectField, TextField } from '../../components/field.tsx';
import type { KeyDraft } from './provider-form.ts';

interface KeyFieldsProps {
  readonly draft: KeyDraft;
  readonly onChange: (draft: KeyDraft) => void;
  readonly error: string | null;
  /** The variable in which such a key usually is; null where none is usual. */
  readonly variable: string | null;
  /** Where such a key is had, and whether it is needed. */
  readonly hint: ReactNode;
}

const keptWords: Readonly<Record<KeyDraft['from'], string>> = {
  secret: 'It is kept encrypted, never in the config.',
  env: 'It is read from the environment that the gateway was started in.',
};

export function KeyFields({ draft, onChange, error, variable, hint }: KeyFieldsProps) {
  return (
    <div className="grid grid-cols-[160px_minmax(0,1fr)] items-start gap-2">
      <SelectField
        label="Key from"
        value={draft.from}
        onValue={(from) => onChange({ ...draft, from: from === 'env' ? 'env' : 'secret' })}
      >
        <option value="secret">Pasted here</option>
        <option value="env">Environment</option>
      </SelectField>
      {draft.from === 'secret' ? (
        <TextField
          label="Key"
          type="password"
          value={draft.secret}
          onValue={(secret) => onChange({ ...draft, secret })}
          error={error}
        />
      ) : (
        <TextField
          label="Variable"
          placeholder={variable ?? 'MY_KEY'}
          value={draft.name}
          onValue={(name) => onChange({ ...draft, name })}
          error={error}
        />
      )}
      <div className="col-span-2 grid justify-items-start text-soft wrap-anywhere">
        {hint}
        <p>{keptWords[draft.from]}</p>
      </div>
    </div>
  );
}
