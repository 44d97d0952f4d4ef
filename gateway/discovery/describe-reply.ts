/** Says what a provider's reply means, in words for a person: what happened, where, and what to do. */
import type { ProviderCheck } from '../contract/calls.ts';
import type { Place, Provider } from '../providers/build-provider.ts';
import type { Reply, UpstreamProblem } from '../upstream/take-answer.ts';
import { maximumBytes } from './ask-provider.ts';
import { fieldOf, parseBody, valueAt } from './value-at.ts';

export interface Finding {
  readonly outcome: Exclude<ProviderCheck['outcome'], 'ready'>;
  readonly message: string;
}

/** What was asked of whom. */
export interface Question {
  readonly provider: Provider;
  readonly place: Place;
  readonly hasKey: boolean;
  /** Why none of the keys that the config names can be used; null when that is not the trouble. */
  readonly keyProblem: string | null;
}

/** @returns null when the reply is a 2xx answer, whose body is still to be read */
export function describeReply(reply: Reply, question: Question): Finding | null {
  switch (reply.type) {
    case 'answer':
      return describeStatus(reply, question);
    case 'problem':
      return describeProblem(reply.problem, question);
    case 'too-slow':
      return { outcome: 'failed', message: `${nameOf(question)} did not answer in time; try again, or look at its status page.` };
    case 'too-large':
      return {
        outcome: 'failed',
        message: `${nameOf(question)} sent more than ${maximumBytes / 1024 / 1024} MiB for a list of models; check the base URL.`,
      };
  }
}

/** A 2xx answer that is no list of models: most often a web page under a wrong base URL. */
export function describeNoList(question: Question): Finding {
  return {
    outcome: 'not-found',
    message: `The address ${urlOf(question)} answers, but not with a list of models; check the base URL (most end in /v1).`,
  };
}

/** A key that is missing, or that no header can carry; nothing was sent. */
export function describeUnusableKey(provider: Provider, key: string | null, keyProblem: string | null): Finding {
  if (key !== null && key !== '') {
    return {
      outcome: 'key-refused',
      message: `The key of ${provider.name} holds a character that cannot be sent; save it again.`,
    };
  }
  return { outcome: 'no-key', message: `${provider.name} needs a key and ${missingKeyWords(keyProblem)}` };
}

function missingKeyWords(keyProblem: string | null): string {
  return keyProblem === null ? 'none is set; add one under its keys.' : `none of its keys can be used: ${keyProblem}`;
}

function describeStatus(
  { status, body }: { readonly status: number; readonly body: Buffer },
  question: Question,
): Finding | null {
  if (status >= 200 && status < 300) return null;
  const name = nameOf(question);
  if (status >= 300 && status < 400) {
    return {
      outcome: 'not-found',
      message: `The address ${urlOf(question)} points to another address (${status}); set that one as the base URL.`,
    };
  }
  switch (status) {
    case 401:
      return describeRefusal(401, question);
    case 403:
      return isOutOfRegion(body) ? outOfRegion(name) : describeRefusal(403, question);
    case 402:
      return noCredit(name, status);
    case 400:
      if (isOutOfCredit(body)) return noCredit(name, status);
      if (isWrongKey(body)) return describeRefusal(401, question, status);
      return { outcome: 'failed', message: statusWords(name, status) };
    case 404:
    case 405:
    case 410:
      return {
        outcome: 'not-found',
        message: `There is no list of models at ${urlOf(question)} (${status}); check the base URL (most end in /v1), or name the models yourself.`,
      };
    case 429:
      if (isOutOfCredit(body)) return noCredit(name, status);
      return {
        outcome: 'rate-limited',
        message: `${name} takes no more requests right now (429); wait a minute and check again.`,
      };
    default:
      return { outcome: 'failed', message: statusWords(name, status) };
  }
}

/** @param told the status it came with, where that is another than the one it means */
function describeRefusal(status: 401 | 403, question: Question, told: number = status): Finding {
  const name = nameOf(question);
  if (!question.hasKey) {
    return { outcome: 'no-key', message: `${name} asks for a key (${told}) and ${missingKeyWords(question.keyProblem)}` };
  }
  const cause =
    status === 401
      ? 'check that it is whole and still valid, or make a new one'
      : 'it may lack a permission or have no access to the models, or not be allowed from here';
  return { outcome: 'key-refused', message: `${name} refused the key (${told}); ${cause}.` };
}

function isOutOfRegion(body: Buffer): boolean {
  return valueAt(parseBody(body), 'error.code') === 'unsupported_country_region_territory';
}

function outOfRegion(name: string): Finding {
  return { outcome: 'key-refused', message: `${name} does not serve the country this machine seems to be in (403).` };
}

function noCredit(name: string, status: number): Finding {
  return {
    outcome: 'no-credit',
    message: `${name} accepts the key but has no credit left for it (${status}); add credit there.`,
  };
}

/** OpenAI says an empty account by 429 and a code, not by 402; Anthropic by a 400 in these words. */
function isOutOfCredit(body: Buffer): boolean {
  const error = fieldOf(parseBody(body), 'error');
  if (fieldOf(error, 'code') === 'insufficient_quota' || fieldOf(error, 'type') === 'insufficient_quota') return true;
  return /credit balance is too low/i.test(wordsIn(body));
}

/** Gemini and xAI say a wrong key by 400, the one with a reason, the other only in words. */
function isWrongKey(body: Buffer): boolean {
  return /"API_KEY_INVALID"/.test(body.toString('utf8')) || /(?:incorrect|invalid) api key/i.test(wordsIn(body));
}

function wordsIn(body: Buffer): string {
  const reply = parseBody(body);
  const words = [valueAt(reply, 'error.message'), valueAt(reply, 'error'), valueAt(reply, 'message')];
  return words.find((text) => typeof text === 'string') ?? '';
}

function statusWords(name: string, status: number): string {
  if (status >= 500) return `${name} has trouble of its own (${status}); try again later.`;
  return `${name} did not accept the question for its models (${status}); check the base URL and the kind of provider.`;
}

function describeProblem(problem: UpstreamProblem, question: Question): Finding {
  const place = placeOf(question);
  switch (problem.kind) {
    case 'upstream-dns':
      return {
        outcome: 'offline',
        message: `The name of ${place} cannot be found; check the base URL and that this machine is online.`,
      };
    case 'upstream-connect':
      return { outcome: 'offline', message: `Nothing answers at ${place}; check that it is running and that the port is right.` };
    case 'upstream-connect-timeout':
      return {
        outcome: 'offline',
        message: `The server at ${place} did not accept a connection in time; check the network, a VPN or a firewall.`,
      };
    case 'upstream-tls':
      return {
        outcome: 'tls',
        message: `No secure connection to ${place}: its certificate is not trusted, or it does not speak https (then write http://).`,
      };
    case 'upstream-reset':
      return {
        outcome: 'failed',
        message: `The server at ${place} closed the connection without an answer; check http:// or https:// in the base URL.`,
      };
    case 'upstream-first-byte-timeout':
    case 'upstream-stalled':
      return { outcome: 'failed', message: `${nameOf(question)} did not answer in time; try again, or look at its status page.` };
    default:
      return {
        outcome: 'failed',
        message: `The server at ${place} did not give a whole answer; try again, and check that it speaks HTTP.`,
      };
  }
}

const nameOf = ({ provider, place }: Question): string => `${provider.name} (${place.origin})`;
const placeOf = ({ place }: Question): string => place.origin;
const urlOf = ({ place }: Question): string => `${place.origin}${place.path.replace(/\?.*$/, '')}`;
