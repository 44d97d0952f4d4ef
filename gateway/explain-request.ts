/** Explains where a request goes, would go by other rules, or went: asked of the engine that decides every request. */
import { CallError, type CallInput } from './contract/calls.ts';
import { plainTerms } from './contract/client-terms.ts';
import { type GatewayConfig, parseConfig } from './contract/config.ts';
import { wasSent } from './contract/attempts.ts';
import type { BudgetTrace, DecisionTrace, ReadOnDemand } from './contract/decision.ts';
import type { RequestDetail } from './contract/records.ts';
import type { CompiledPolicy, LooksAt } from './decision/policy/compiled-policy.ts';
import { findCounterfactuals } from './decision/what-if/counterfactuals.ts';
import { explain } from './decision/explain.ts';
import { type KeptQuestion, type KeptRequest, readQuestion } from './decision/kept/keep-question.ts';
import { looksAtFor, looksAtNothing } from './decision/policy/looks-at.ts';
import type { DecisionClock, DecisionSnapshot } from './decision/question.ts';
import { WatchedSnapshot } from './decision/kept/watched-snapshot.ts';
import { dialects } from './dialects/index.ts';
import type { BudgetQuestion } from './explain-budgets.ts';
import type { AskedRequest } from './exchange/features/asked-request.ts';
import { readFeatures } from './exchange/features/read-features.ts';
import { asGatewayError } from './exchange/own-errors.ts';
import { compileConfig } from './exchange/runtime.ts';
import type { BookedClient } from './secrets/client-book.ts';

export interface ExplainSources {
  /** The policy in force. */
  policy(): CompiledPolicy;
  /** With the prices and abilities of the packaged catalog. */
  snapshot(): Promise<DecisionSnapshot>;
  /** The moment, by the clock on the wall. */
  clock(): DecisionClock;
  /** The document that is in force. */
  document(): Readonly<Record<string, unknown>>;
  /** A document as it was; null when there is no such version. */
  documentOf(version: number): unknown;
  request(id: string): Promise<RequestDetail | null>;
  decisionInputs(id: string): string | null;
  client(name: string): BookedClient | null;
  /** What budgets say now. */
  budgets(question: BudgetQuestion): Promise<BudgetTrace[]>;
}

type ExplainInput = CallInput<'decision.explain'>;

/** @throws CallError that names the field: a request or a policy that cannot be read, a request of which nothing was kept */
export async function explainRequest(input: ExplainInput, sources: ExplainSources): Promise<DecisionTrace> {
  const draft = input.policy === undefined ? null : compileDraft(input.policy, sources.document());
  const question = await questionOf(input, draft, sources);
  const { features, policy, snapshot, clock, seed, notReadThen = [] } = question;
  const explained = { ...explain(features, policy, snapshot, clock, seed), leftOut: leftOutOf(question.request) };
  const budgets = await budgetsOf(question, explained, sources);
  const trace = { ...explained, budgets, ...(notReadThen.length === 0 ? {} : { notReadThen: [...notReadThen] }) };
  if (!input.counterfactuals) return trace;
  return { ...trace, counterfactuals: [...findCounterfactuals(features, policy, snapshot, clock, seed)] };
}

interface Explained extends KeptQuestion {
  readonly policy: CompiledPolicy;
  readonly notReadThen?: readonly string[];
  /** Of the log, explained as it was; null for one that is tried now. */
  readonly request: RequestDetail | null;
  /** Those that refused something then; null: they are asked now. */
  readonly budgetsThen: readonly BudgetTrace[] | null;
  readonly client: BookedClient | null;
  readonly asked: BudgetQuestion['asked'];
}

async function budgetsOf(explained: Explained, trace: DecisionTrace, sources: ExplainSources): Promise<DecisionTrace['budgets']> {
  const { budgetsThen, client, asked, snapshot } = explained;
  if (budgetsThen !== null) return { asOf: 'then', items: [...budgetsThen] };
  return { asOf: 'now', items: await sources.budgets({ trace, client, asked, snapshot }) };
}

/** One that was alone in being left out is no attempt: its request's own error tells of it. */
function leftOutOf(request: RequestDetail | null): DecisionTrace['leftOut'] {
  const notSent = request?.attemptList.filter((attempt) => !wasSent(attempt)) ?? [];
  return notSent.map(({ provider, model, errorMessage }) => ({ target: `${provider}/${model}`, reason: errorMessage ?? '' }));
}

async function questionOf(input: ExplainInput, draft: CompiledPolicy | null, sources: ExplainSources): Promise<Explained> {
  const { id, at = draft ? 'now' : 'then' } = input;
  if (id === undefined) return askedNow(input, draft ?? sources.policy(), sources);
  const request = await sources.request(id);
  if (!request) throw new CallError('not-found', `There is no request "${id}" in the log.`, 'id');
  const kept = readKept(id, sources);
  if (at === 'then') {
    if (draft) throw new CallError('invalid', 'A draft is tried by how everything stands now; leave out at.', 'at');
    const policy = policyOfThen(request.configVersion, sources);
    return { ...kept, policy, request, budgetsThen: kept.budgets, client: null, asked: null };
  }
  const features = withCountedTokens(kept.features, request);
  const client = request.clientName === null ? null : sources.client(request.clientName);
  const tried = { request: null, budgetsThen: null, client, asked: null };
  const present = { policy: draft ?? sources.policy(), snapshot: await presentOf(sources), clock: sources.clock() };
  const anew = { ...kept, features, ...present, ...tried };
  const is = looksAtFor(anew.policy, features.requestedModel, anew.snapshot);
  return { ...anew, notReadThen: notReadOf(features, textsLookedAtThen(request.configVersion, sources), is) };
}

type TextsLookedAt = Pick<LooksAt, 'headers' | 'metadata'>;

/** Nothing, as far as anybody can still tell, where its config is not kept any more. */
function textsLookedAtThen(version: number, sources: ExplainSources): TextsLookedAt {
  try {
    return policyOfThen(version, sources).looksAt;
  } catch (error) {
    if (error instanceof CallError) return looksAtNothing;
    throw error;
  }
}

const unreadWords: Readonly<Record<ReadOnDemand, string>> = {
  task: 'its task',
  inputTokens: 'the length of its prompt',
  maxOutputTokens: 'how long its answer may be',
  tools: 'its tools',
  images: 'its images',
  schema: 'whether it asks for JSON',
  reasoning: 'whether it asks for reasoning',
  session: 'its session',
};

/** What these rules look at and those of then did not. */
function notReadOf({ unread }: KeptQuestion['features'], was: TextsLookedAt, is: LooksAt): readonly string[] {
  return [
    ...unread.filter((name) => is[name]).map((name) => unreadWords[name]),
    ...is.headers.filter((name) => !was.headers.includes(name)).map((name) => `its header ${name}`),
    ...is.metadata.filter((name) => !was.metadata.includes(name)).map((name) => `its metadata ${name}`),
  ];
}

/** A question asks how something stands more than once, and must be told the same each time. */
async function presentOf(sources: ExplainSources): Promise<WatchedSnapshot> {
  return new WatchedSnapshot(await sources.snapshot());
}

function readKept(id: string, sources: ExplainSources): KeptRequest {
  const kept = readQuestion(sources.decisionInputs(id) ?? '');
  if (kept) return kept;
  const why = 'it was never decided, was too large, or was made by an earlier Gatehouse';
  throw new CallError('not-found', `What the request ${id} was decided from is not kept: ${why}. Try its body instead.`, 'id');
}

/** What nobody asked for when it was decided was not counted then; its answer told later. */
function withCountedTokens(features: KeptQuestion['features'], { usage }: RequestDetail): KeptQuestion['features'] {
  if (usage.inputTokens === null || !features.unread.includes('inputTokens')) return features;
  return { ...features, inputTokens: usage.inputTokens, unread: features.unread.filter((name) => name !== 'inputTokens') };
}

const mostVersions = 16;
/** A whole log is explained by a few versions. */
const compiledOf = new WeakMap<ExplainSources, Map<number, CompiledPolicy>>();

function policyOfThen(version: number, sources: ExplainSources): CompiledPolicy {
  const kept = compiledOf.get(sources) ?? new Map<number, CompiledPolicy>();
  const known = kept.get(version);
  if (known) return known;
  const compiled = compileVersion(version, sources);
  if (kept.size >= mostVersions) kept.clear();
  compiledOf.set(sources, kept.set(version, compiled));
  return compiled;
}

function compileVersion(version: number, { documentOf }: ExplainSources): CompiledPolicy {
  const document = documentOf(version);
  if (document === null) {
    const words = `Its decision was made by version ${version} of the config, which is not kept any more. Try it by the one in force.`;
    throw new CallError('not-found', words, 'id');
  }
  const parsed = parseConfig(document);
  if (parsed.ok) return compileConfig(parsed.config, version);
  const [problem] = parsed.problems;
  const why = problem ? ` (${problem.path}: ${problem.message})` : '';
  const words = `Its decision was made by version ${version} of the config, which this program does not take any more${why}.`;
  throw new CallError('not-found', words, 'id');
}

/** @throws CallError that names the place in the draft */
function compileDraft(draft: NonNullable<ExplainInput['policy']>, document: Readonly<Record<string, unknown>>): CompiledPolicy {
  return compileConfig(readDraft(draft, document), 0);
}

/** Rules and aliases in the place of those in force; the rest of the document stays. @throws CallError */
export function readDraft(
  { rules, aliases }: NonNullable<ExplainInput['policy']>,
  document: Readonly<Record<string, unknown>>,
): GatewayConfig {
  const parsed = parseConfig({ ...document, policy: { rules }, ...(aliases === undefined ? {} : { aliases }) });
  if (parsed.ok) return parsed.config;
  const [problem] = parsed.problems;
  throw new CallError('invalid', `The draft cannot be tried: ${problem?.path} ${problem?.message}.`, problem?.path ?? 'policy');
}

/** Everything that can be known of it: whoever asks is shown it. */
function everything({ looksAt: { headers, metadata } }: CompiledPolicy): LooksAt {
  return {
    headers,
    metadata,
    client: true,
    task: true,
    sensitivity: true,
    inputTokens: true,
    maxOutputTokens: true,
    stream: true,
    tools: true,
    images: true,
    schema: true,
    reasoning: true,
    session: true,
  };
}

/** A weighted target is drawn as for a request with this number: the same each time it is asked. */
const triedSeed = 1;

async function askedNow(input: ExplainInput, policy: CompiledPolicy, sources: ExplainSources): Promise<Explained> {
  const { request, client, headers = {} } = input;
  const booked = client === undefined ? null : sources.client(client);
  const asked = {
    client: booked ?? (client === undefined ? null : { ...plainTerms, id: client, name: client }),
    clientHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
  };
  const pasted = readAsked(() => readPasted(request, input.dialect));
  const features = readAsked(() => readFeatures({ ...asked, ...pasted }, everything(policy)));
  const moment = { policy, snapshot: await presentOf(sources), clock: sources.clock(), seed: triedSeed };
  return { features, ...moment, request: null, budgetsThen: null, client: booked, asked: pasted };
}

/** As the request would come in by its door; Gemini's says model and stream in its path. */
function readPasted(request: ExplainInput['request'], name: ExplainInput['dialect']): Pick<AskedRequest, 'dialect' | 'request'> {
  const dialect = dialects.get(name);
  if (!dialect || !request) throw new CallError('invalid', 'Give a request in one of the formats.', 'request');
  const place = name === 'gemini' ? { model: request.model, stream: false } : { model: null, stream: null };
  return { dialect, request: dialect.readRequest([Buffer.from(JSON.stringify(request))], place) };
}

/** @throws CallError for what the door itself would refuse */
function readAsked<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof CallError) throw error;
    const { message, field, kind } = asGatewayError(error);
    if (kind === 'internal') throw error;
    throw new CallError(
      'invalid',
      `The request would be refused: ${message}`,
      field === undefined ? 'request' : `request.${field}`,
    );
  }
}
