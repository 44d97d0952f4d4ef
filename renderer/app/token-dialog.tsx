/** Asks for the control token where the gateway does not know this window. What lies beneath stays as it is. */
import { type FormEvent, useState } from 'react';
import { Button } from '../components/button.tsx';
import { ModalDialog } from '../components/dialog.tsx';
import { TextField } from '../components/field.tsx';
import { control } from '../control.ts';
import { useGateway } from '../stores/gateway.ts';

export function TokenDialog() {
  const refused = useGateway(({ connection }) => connection.state === 'refused');
  const [token, setToken] = useState('');
  const [tried, setTried] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    control.reconnect(token.trim());
    setToken('');
  };
  return (
    <ModalDialog
      open={refused}
      closable={false}
      onClose={() => undefined}
      title="This window needs the control token"
      description="Open the address that Gatehouse printed when it started, or paste the token from its ready line."
    >
      <form onSubmit={submit} className="grid gap-4">
        <TextField
          label="Control token"
          type="password"
          value={token}
          onValue={setToken}
          error={tried && token === '' ? 'The gateway does not accept this token.' : null}
        />
        <Button look="primary" type="submit" disabled={token.trim() === ''} className="justify-self-end">
          Connect
        </Button>
      </form>
    </ModalDialog>
  );
}
