/** Stands in place of the forms while the document cannot be read: they would show something older. */
import { FileWarning } from 'lucide-react';
import { Button } from '../../components/button.tsx';
import { EmptyNotice } from '../../components/notice.tsx';
import { navigate } from '../../stores/route.ts';

export function BrokenDocument() {
  return (
    <EmptyNotice
      icon={FileWarning}
      title="The document cannot be read yet"
      action={<Button onClick={() => navigate('/routing?view=document')}>Go to the document</Button>}
    >
      What you wrote there is kept as it is. Mend it, or discard the changes, and the rules are shown here again.
    </EmptyNotice>
  );
}
