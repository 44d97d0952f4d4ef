/** The last requests, as they happen. */
import { ArrowRight, Radio } from 'lucide-react';
import { useStore } from 'zustand';
import { Link } from '../../components/link.tsx';
import { EmptyNotice, ErrorNotice, SkeletonRows } from '../../components/notice.tsx';
import { RequestTable } from '../../components/request-table.tsx';
import { Section } from '../../components/section.tsx';
import { recentRequests } from '../../stores/requests.ts';

const linkTo = (id: string) => `/requests?request=${encodeURIComponent(id)}`;

function List() {
  const { phase, error, items } = useStore(recentRequests.store);
  if (phase === 'loading')
    return (
      <Framed>
        <SkeletonRows rows={5} />
      </Framed>
    );
  if (phase === 'failed') {
    return (
      <Framed>
        <ErrorNotice
          title="The last requests could not be read"
          message={error ?? ''}
          onRetry={() => void recentRequests.load()}
        />
      </Framed>
    );
  }
  if (items.length > 0) return <RequestTable items={items} label="Last requests" activeId={null} linkTo={linkTo} />;
  return (
    <Framed>
      <EmptyNotice icon={Radio} title="No requests yet">
        Paste the command above into a terminal, or point a program at the base URL: each request appears here while it runs.
      </EmptyNotice>
    </Framed>
  );
}

function Framed({ children }: { readonly children: React.ReactNode }) {
  return <div className="grid min-h-0 flex-1 rounded-md border border-line bg-raised">{children}</div>;
}

export function LastRequests() {
  return (
    <Section
      title="Last requests"
      className="min-h-72 grow grid-rows-[auto_minmax(0,1fr)]"
      aside={
        <Link to="/requests" className="inline-flex items-center gap-1 font-medium text-accent hover:underline">
          All requests <ArrowRight aria-hidden className="size-4" />
        </Link>
      }
    >
      <div className="flex min-h-0 flex-col">
        <List />
      </div>
    </Section>
  );
}
