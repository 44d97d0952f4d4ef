/** Settings of the local engine: whether and how it runs, which release, and what it wrote. */
import { useEffect, useRef } from 'react';
import { EngineCard } from '../../../components/local-engine/engine-card.tsx';
import { Link } from '../../../components/link.tsx';
import { SkeletonRows } from '../../../components/notice.tsx';
import { Section } from '../../../components/section.tsx';
import { useGateway } from '../../../stores/gateway.ts';
import { useLocalEngine } from '../../../stores/local-engine.ts';
import { useQuery } from '../../../stores/route.ts';
import { EngineChoices } from './engine-choices.tsx';
import { EngineLog } from './engine-log.tsx';
import { EngineNumbers } from './engine-numbers.tsx';
import { EngineRelease } from './engine-release.tsx';

export function LocalEngineSettings() {
  const settings = useGateway((state) => state.config?.effective.localEngine);
  const engine = useLocalEngine((state) => state.engine);
  const place = useRef<HTMLDivElement>(null);
  const isWanted = useQuery().get('part') === 'local-engine';
  const isThere = settings !== undefined && engine !== null;
  useEffect(() => {
    if (isWanted && isThere) place.current?.scrollIntoView({ block: 'start' });
  }, [isWanted, isThere]);
  return (
    <div ref={place} className="scroll-mt-6">
      <Section
        title="Local engine"
        aside={
          <Link to="/models?view=local" className="font-medium text-accent hover:underline">
            Local models
          </Link>
        }
      >
        <EngineCard />
        {settings === undefined ? (
          <SkeletonRows rows={6} />
        ) : (
          <div className="grid gap-4 rounded-md border border-line bg-raised px-4 py-3">
            <EngineChoices settings={settings} />
            <div className="border-line border-t pt-4">
              <EngineNumbers settings={settings} />
            </div>
          </div>
        )}
        {engine === null ? null : <EngineRelease engine={engine} />}
        {engine === null || engine.origin === 'adopted' ? null : <EngineLog />}
      </Section>
    </div>
  );
}
