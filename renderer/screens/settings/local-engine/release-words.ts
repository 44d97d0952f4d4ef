/** What is said of the engine's releases, and what may be done with them. Pure. */
import type { EngineState } from '../../../../gateway/contract/local-engine/engine.ts';
import { formatBytes } from '../../../components/formats.ts';

const places = {
  downloaded: 'fetched by Gatehouse',
  path: 'found on the PATH',
  app: 'of the Ollama app',
  'usual-folder': 'found in a usual folder',
} as const;

/** Names and values for a list. */
export function releaseFacts({
  version,
  origin,
  binary,
  releases,
  offerProblem,
}: EngineState): readonly (readonly [string, string])[] {
  const facts: (readonly [string, string])[] = [];
  if (version !== null) facts.push(['Version', origin === 'adopted' ? `${version}, not Gatehouse’s own` : version]);
  if (binary !== null) facts.push(['Program', `${binary.path}, ${places[binary.source]}`]);
  if (releases.length > 0)
    facts.push(['Releases', releases.map((one) => (one.inUse ? `${one.version} (in use)` : one.version)).join(', ')]);
  if (offerProblem !== null) facts.push(['To download', offerProblem]);
  return facts.length === 0 ? [['Version', 'none here yet']] : facts;
}

export interface ReleaseOffer {
  readonly act: 'engine.download' | 'engine.return-to-previous';
  readonly label: string;
  readonly hint: string;
}

/** A newer release than those here, and the other one that is kept; nothing for an engine that others installed. */
export function releaseOffers({ offer, binary, releases }: EngineState): readonly ReleaseOffer[] {
  const offers: ReleaseOffer[] = [];
  const isHere = releases.some(({ version }) => version === offer?.version);
  if (offer && binary?.source === 'downloaded' && !isHere) {
    offers.push({
      act: 'engine.download',
      label: 'Download it',
      hint: `${offer.version} is newer: ${formatBytes(offer.downloadBytes)} to download. The release in use stays for the way back.`,
    });
  }
  const kept = releases.find(({ inUse }) => !inUse);
  if (kept) {
    offers.push({
      act: 'engine.return-to-previous',
      label: 'Use it instead',
      hint: `${kept.version} is kept, should the one in use give trouble. A running engine is restarted.`,
    });
  }
  return offers;
}
