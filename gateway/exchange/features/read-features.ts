/** What the decision is told of a request: read from its bytes, its headers and its client, and only as far as something depends on it. */
import type { IncomingHttpHeaders } from 'node:http';
import { type ReadOnDemand, readOnDemand } from '../../contract/decision.ts';
import type { LooksAt } from '../../decision/policy/compiled-policy.ts';
import { looksAtNothing } from '../../decision/policy/looks-at.ts';
import type { DecisionFeatures } from '../../decision/question.ts';
import type { Dialect } from '../../dialects/dialect.ts';
import { nothingSaid } from '../../dialects/json/sayings.ts';
import { estimateInputTokens } from '../../money/estimate-tokens.ts';
import type { AskedRequest } from './asked-request.ts';
import { furtherModels } from './further-models.ts';
import { dialectsFor } from './gap.ts';
import { inferTask, saidTask } from './task.ts';
import { headerText } from './header-text.ts';
import { sensitivityOf } from './sensitivity.ts';
import { sessionOf } from './session.ts';

const noModels: readonly string[] = Object.freeze([]);
const noTexts: Readonly<Record<string, string>> = Object.freeze({});

/**
 * @param looksAt what something may depend on: the rest is as if the request did not say it
 * @throws GatewayError `bad-request` for a field that is looked at and stands twice
 */
export function readFeatures(asked: AskedRequest, looksAt: LooksAt): DecisionFeatures {
  if (looksAt !== looksAtNothing) return readWhole(asked, looksAt);
  if (latest === null || !isAsked(asked, latest)) latest = readWhole(asked, looksAt);
  return latest;
}

/** Of a plain request. Programs ask in the same way again and again, and what is the same is one object. */
let latest: DecisionFeatures | null = null;

function isAsked({ dialect, request, client, clientHeaders, pinnedBefore }: AskedRequest, features: DecisionFeatures): boolean {
  return (
    request.head.model === features.requestedModel &&
    request.head.stream === features.stream &&
    dialectsFor(dialect, request) === features.dialects &&
    (client?.name ?? null) === features.client &&
    (client?.tier ?? null) === features.tier &&
    // Of a key with a list the body is looked at each time.
    (client?.allowedModels ?? null) === null &&
    features.allowedModels === null &&
    sensitivityOf(client, clientHeaders) === features.sensitivity &&
    (pinnedBefore ?? null) === features.pinnedBefore &&
    dialect.name === features.dialect
  );
}

function readWhole(asked: AskedRequest, looksAt: LooksAt): DecisionFeatures {
  const { dialect, request, client, clientHeaders } = asked;
  const { model: requestedModel, stream } = request.head;
  const sayings = looksIntoBody(looksAt) ? request.sayings() : nothingSaid;
  const inputTokens = looksAt.inputTokens ? estimateInputTokens(request.measure()) : 0;
  const task = looksAt.task ? saidTask(clientHeaders, sayings) : null;
  return {
    requestedModel,
    dialect: dialect.name,
    dialects: dialectsFor(dialect, request),
    client: client?.name ?? null,
    task: task ?? (looksAt.task ? inferTask(asked, sayings) : unreadTask(dialect)),
    taskSaid: task !== null,
    sensitivity: sensitivityOf(client, clientHeaders),
    tier: client?.tier ?? null,
    allowedModels: client?.allowedModels ?? null,
    inputTokens,
    maxOutputTokens: looksAt.maxOutputTokens ? sayings.maxOutputTokens() : null,
    stream,
    tools: looksAt.tools && sayings.tools(),
    images: looksAt.images && sayings.images(),
    schema: looksAt.schema && sayings.schema(),
    reasoning: looksAt.reasoning && sayings.reasoning(),
    session: looksAt.session ? sessionOf(asked, sayings) : null,
    headers: looksAt.headers.length === 0 ? noTexts : pickHeaders(clientHeaders, looksAt.headers),
    metadata: looksAt.metadata.length === 0 ? noTexts : pickTexts(sayings.metadata(), looksAt.metadata),
    pinnedBefore: asked.pinnedBefore ?? null,
    furtherModels: client === null || client.allowedModels === null ? noModels : furtherModels(dialect, request),
    unread: unreadOf(looksAt),
  };
}

/** Policies are few, and look at the same things again and again. */
const unreadBy = new WeakMap<LooksAt, readonly ReadOnDemand[]>();

function unreadOf(looksAt: LooksAt): readonly ReadOnDemand[] {
  const known = unreadBy.get(looksAt);
  if (known) return known;
  const unread = readOnDemand.filter((name) => !looksAt[name]);
  unreadBy.set(looksAt, unread);
  return unread;
}

/** Hardly a plain request is: its reader would be made for nothing. */
function looksIntoBody({ metadata, task, maxOutputTokens, tools, images, schema, reasoning, session }: LooksAt): boolean {
  return metadata.length > 0 || task || maxOutputTokens || tools || images || schema || reasoning || session;
}

/** What costs nothing to know. */
function unreadTask({ embeddings }: Dialect): string {
  return embeddings === null ? 'chat' : 'embedding';
}

function pickHeaders(headers: IncomingHttpHeaders, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const text = headerText(headers, name);
      return text === null ? [] : [[name, text]];
    }),
  );
}

/** A value that is longer says nothing that a rule would be written for, and has no place in the log. */
const longestText = 512;

function pickTexts(texts: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (Object.hasOwn(texts, name) ? [[name, (texts[name] ?? '').slice(0, longestText)]] : [])),
  );
}
