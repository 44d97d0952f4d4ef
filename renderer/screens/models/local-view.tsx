/** The local part of Models: the engine, what is on its way, what is there, and what could be. */
import { EngineCard } from '../../components/local-engine/engine-card.tsx';
import { Link } from '../../components/link.tsx';
import { Section } from '../../components/section.tsx';
import { useLocalEngine } from '../../stores/local-engine.ts';
import { FirstSteps } from './first-steps.tsx';
import { GetModel } from './get-model.tsx';
import { InstalledModels } from './installed-models.tsx';
import { PullList } from './pull-list.tsx';

export function LocalView() {
  const engine = useLocalEngine((state) => state.engine);
  return (
    <div className="grid max-w-5xl content-start gap-6">
      <FirstSteps />
      <Section
        title="Engine"
        aside={
          <Link to="/settings?part=local-engine" className="font-medium text-accent hover:underline">
            Settings and log
          </Link>
        }
      >
        <EngineCard />
      </Section>
      <PullList />
      <InstalledModels />
      {engine === null || engine.phase === 'off' ? null : <GetModel />}
    </div>
  );
}
