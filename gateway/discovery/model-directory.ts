/**
 * Remembers which provider has which models. Reading never waits: an old list is served while a new one is fetched, and
 * nothing is fetched while nobody reads. It outlives every config.
 */
import type { Provider } from '../providers/build-provider.ts';
import type { ModelListing } from './list-models.ts';

export interface ModelDirectoryOptions {
  readonly providers: readonly Provider[];
  /** Asks one provider; rejects with an error whose message a person may read. */
  readonly listModels: (provider: Provider) => Promise<ModelListing>;
  /** Milliseconds of any steady clock. */
  readonly now: () => number;
  /** How old a list may be before reading it fetches a new one, in milliseconds. */
  readonly refreshMs: number;
  /** The most that one fetch may take; 6,000 unless told, a little more than a listing gives itself. */
  readonly timeoutMs?: number;
  /** Told when `problems()` says something else than before. */
  readonly onProblems?: () => void;
}

/** What is known of one provider's models. */
export interface KnownModels {
  readonly ids: ReadonlySet<string>;
  /** The same with what their list tells of each. */
  readonly models: ModelListing['models'];
  readonly source: ModelListing['source'] | null;
  /** By the directory's clock; null when no list ever came. */
  readonly listedAtMs: number | null;
  /** Why the newest fetch failed; null when it did not. */
  readonly failure: string | null;
}

export interface ModelDirectory {
  /** Model ids by provider id. The same map until something changes; begins fetches of what is old. */
  snapshot(): ReadonlyMap<string, ReadonlySet<string>>;
  /** By provider id: why the newest list of one that is switched on could not be had. The same map until something changes. */
  problems(): ReadonlyMap<string, string>;
  known(providerId: string): KnownModels | null;
  /** Takes over a new config. Lists stay, but those of a provider that moved; new providers are asked at once. */
  setProviders(providers: readonly Provider[]): void;
  /** Asks one provider now, or joins the fetch under way; not one that is switched off. Resolves also when it fails. */
  refresh(providerId: string): Promise<void>;
  /** Takes over a list that was asked for elsewhere, as if it had been fetched here. */
  learn(providerId: string, listing: ModelListing): void;
  /** Resolves when no fetch is under way; every fetch is bounded. */
  whenSettled(): Promise<void>;
}

/** After a failure the next try comes sooner than a refresh: a local server may just be starting. */
const firstRetryMs = 15_000;
const lastRetryMs = 60_000;

interface Entry {
  provider: Provider;
  known: KnownModels;
  dueAtMs: number;
  failures: number;
  flight: Promise<void> | null;
}

const nothingKnown: KnownModels = { ids: new Set(), models: [], source: null, listedAtMs: null, failure: null };

/** Makes a directory and asks every provider that the config does not list itself. */
export function createModelDirectory(options: ModelDirectoryOptions): ModelDirectory {
  const { now, refreshMs } = options;
  let entries = new Map<string, Entry>();
  let models: ReadonlyMap<string, ReadonlySet<string>> = new Map();
  let problems: ReadonlyMap<string, string> = new Map();
  let nextDueAtMs = Number.POSITIVE_INFINITY;

  const publish = (): void => {
    models = new Map([...entries].map(([id, { known }]) => [id, known.ids]));
    const found = findProblems(entries.values());
    const isNews = !isSameMap(problems, found);
    problems = found;
    nextDueAtMs = Math.min(...[...entries.values()].map(({ dueAtMs }) => dueAtMs));
    if (isNews) options.onProblems?.();
  };

  const list = async (provider: Provider): Promise<ModelListing> => options.listModels(provider);

  const fetchModels = (entry: Entry): Promise<void> => {
    entry.dueAtMs = Number.POSITIVE_INFINITY;
    entry.flight ??= withinTime(list(entry.provider), options.timeoutMs ?? 6_000).then((outcome) => {
      entry.flight = null;
      noteOutcome(entry, outcome, now(), refreshMs);
      if (entries.get(entry.provider.id) === entry) publish();
    });
    return entry.flight;
  };

  const fetchDue = (): void => {
    for (const entry of entries.values()) if (entry.dueAtMs <= now()) void fetchModels(entry);
    publish();
  };

  const setProviders = (providers: readonly Provider[]): void => {
    entries = new Map(providers.map((provider) => [provider.id, nextEntry(entries.get(provider.id), provider, now())]));
    fetchDue();
  };

  setProviders(options.providers);
  return {
    snapshot() {
      if (now() >= nextDueAtMs) fetchDue();
      return models;
    },
    problems: () => problems,
    known: (providerId) => entries.get(providerId)?.known ?? null,
    setProviders,
    async refresh(providerId) {
      const entry = entries.get(providerId);
      if (entry?.provider.enabled) await fetchModels(entry);
    },
    learn(providerId, listing) {
      if (takeOver(entries.get(providerId), listing, now(), refreshMs)) publish();
    },
    whenSettled: () => settle(entries.values()),
  };
}

/** @returns whether the list was taken: what the config lists itself stays as it is */
function takeOver(entry: Entry | undefined, listing: ModelListing, now: number, refreshMs: number): boolean {
  if (!entry || entry.provider.listedModels !== null) return false;
  noteOutcome(entry, listing, now, refreshMs);
  return true;
}

async function settle(entries: Iterable<Entry>): Promise<void> {
  await Promise.all([...entries].map(({ flight }) => flight));
}

function findProblems(entries: Iterable<Entry>): ReadonlyMap<string, string> {
  const problems = new Map<string, string>();
  for (const { provider, known } of entries) {
    if (provider.enabled && known.failure !== null) problems.set(provider.id, known.failure);
  }
  return problems;
}

function isSameMap(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return one.size === other.size && [...one].every(([id, text]) => other.get(id) === text);
}

/** Keeps a list that came, or why none did, and says when to ask again. */
function noteOutcome(entry: Entry, outcome: ModelListing | Error, now: number, refreshMs: number): void {
  if (outcome instanceof Error) {
    entry.failures += 1;
    entry.known = { ...entry.known, failure: outcome.message };
    entry.dueAtMs = now + Math.min(refreshMs, lastRetryMs, firstRetryMs * 2 ** (entry.failures - 1));
    return;
  }
  entry.failures = 0;
  entry.known = { ...listed(outcome), listedAtMs: now, failure: null };
  entry.dueAtMs = outcome.source === 'provider' ? now + refreshMs : Number.POSITIVE_INFINITY;
}

function listed({ models, source }: ModelListing): Pick<KnownModels, 'ids' | 'models' | 'source'> {
  return { ids: new Set(models.map(({ id }) => id)), models, source };
}

/** A new object for every config, so that a fetch begun under the old one cannot settle the new. */
function nextEntry(before: Entry | undefined, provider: Provider, now: number): Entry {
  const known = before && isSameListing(before.provider, provider) ? before.known : nothingKnown;
  const fresh = { provider, known, failures: 0, flight: null };
  if (provider.listedModels !== null) {
    const own = listed({ models: provider.listedModels.map((id) => ({ id })), source: 'config' });
    return { ...fresh, known: { ...own, listedAtMs: now, failure: null }, dueAtMs: Number.POSITIVE_INFINITY };
  }
  if (!provider.enabled) return { ...fresh, dueAtMs: Number.POSITIVE_INFINITY };
  const isCurrent =
    before?.flight === null && before.provider.enabled && known.listedAtMs !== null && hasSameKeys(before.provider, provider);
  return { ...fresh, dueAtMs: isCurrent ? before.dueAtMs : now };
}

/** Would both be asked at the same address? What a config once listed is no answer of theirs. */
function isSameListing(before: Provider, after: Provider): boolean {
  const isAsked = before.listedModels === null && after.listedModels === null;
  return isAsked && before.kind === after.kind && before.origin === after.origin && before.basePath === after.basePath;
}

const hasSameKeys = (before: Provider, after: Provider): boolean => before.keyReferences.join() === after.keyReferences.join();

/** Gives the listing, or the error that it or the clock gave. */
function withinTime(listing: Promise<ModelListing>, timeoutMs: number): Promise<ModelListing | Error> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(new Error('The provider did not list its models in time.')), timeoutMs);
    const finish = (outcome: ModelListing | Error): void => {
      clearTimeout(timer);
      resolve(outcome);
    };
    listing.then(finish, (error: unknown) => finish(error instanceof Error ? error : new Error(String(error))));
  });
}
