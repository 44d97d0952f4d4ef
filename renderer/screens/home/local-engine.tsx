/** Local models on Home: how the engine stands, what is on its way, which models are loaded. */
import { ArrowRight } from 'lucide-react';
import { EngineCard } from '../../components/local-engine/engine-card.tsx';
import { Link } from '../../components/link.tsx';
import { Section } from '../../components/section.tsx';
import { useLocalEngine } from '../../stores/local-engine.ts';
import { localWords } from './local-words.ts';

export function LocalEngine() {
  const engine = useLocalEngine((state) => state.engine);
  const models = useLocalEngine((state) => state.models);
  const pulls = useLocalEngine((state) => state.pulls);
  return (
    <Section
      title="Local models"
      aside={
        <Link to="/models?view=local" className="inline-flex items-center gap-1 font-medium text-accent hover:underline">
          Local models <ArrowRight aria-hidden className="size-4" />
        </Link>
      }
    >
      <EngineCard short aside={<p className="shrink-0 text-soft">{localWords(engine, models, pulls ?? [])}</p>} />
    </Section>
  );
}
