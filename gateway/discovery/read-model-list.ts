/** Reads a provider's list of models, whatever else the list holds, and where its next page is. */
import type { ModelListShape } from '../contract/provider-kinds.ts';
import { readListEntry, type ToldEntry } from './read-list-entry.ts';
import { readModelFacts, type ToldFacts } from './read-model-facts.ts';
import { fieldOf, parseBody } from './value-at.ts';

export const maximumModels = 10_000;
const maximumIdLength = 256;

/** Model ids as they may be shown, sent and compared: no control characters, no space around them. */
const usableId = /^[^\s\p{Cc}](?:[^\p{Cc}]*[^\s\p{Cc}])?$/u;

export interface ListedModel {
  readonly id: string;
  /** What the list tells of it; left out when that is nothing. */
  readonly facts?: ToldFacts;
  /** What it is called there, and whether it makes vectors; left out when that is not told. */
  readonly entry?: ToldEntry;
}

export interface ModelPage {
  readonly models: readonly ListedModel[];
  /** The query that asks for the page behind this one; null on the last. */
  readonly next: string | null;
}

interface ShapeRules {
  /** Where the list stands; a bare list is read in every shape. */
  readonly list: string;
  /** Where a model's id stands. */
  readonly id: string;
  /** Asked with every page. */
  readonly query: string;
  readonly headers: readonly string[];
  /** The query of the next page. */
  next(listing: unknown): string | null;
}

const onePage = { query: '', headers: [], next: () => null };

const shapes: { readonly [Shape in ModelListShape]: ShapeRules } = {
  openai: { ...onePage, list: 'data', id: 'id' },
  ollama: { ...onePage, list: 'models', id: 'name' },
  anthropic: {
    list: 'data',
    id: 'id',
    query: 'limit=1000',
    headers: ['anthropic-version', '2023-06-01'],
    next: (listing) => (fieldOf(listing, 'has_more') === true ? cursor('after_id', fieldOf(listing, 'last_id')) : null),
  },
  gemini: {
    list: 'models',
    id: 'name',
    query: 'pageSize=1000',
    headers: [],
    next: (listing) => cursor('pageToken', fieldOf(listing, 'nextPageToken')),
  },
  cohere: {
    list: 'models',
    id: 'name',
    query: 'page_size=1000',
    headers: [],
    next: (listing) => cursor('page_token', fieldOf(listing, 'next_page_token')),
  },
};

function cursor(name: string, value: unknown): string | null {
  return typeof value === 'string' && value !== '' && value.length <= 2_048 ? `${name}=${encodeURIComponent(value)}` : null;
}

/** What a list of that shape is asked with beside its path. */
export function listQuestion(shape: ModelListShape): { readonly query: string; readonly headers: readonly string[] } {
  return shapes[shape];
}

/**
 * Reads one page: `{"data":[{"id":…}]}`, `{"models":[{"name":…}]}`, or a bare list of objects or of ids.
 * @returns models in the provider's order, each once; null when this is no such list
 */
export function readModelPage(body: Buffer, shape: ModelListShape): ModelPage | null {
  const rules = shapes[shape];
  const listing = parseBody(body);
  const entries = Array.isArray(listing) ? listing : fieldOf(listing, rules.list);
  // A server without models may well say so by null (llama-swap, older LocalAI).
  if (entries === null) return { models: [], next: null };
  if (!Array.isArray(entries)) return null;
  const models = new Map<string, ListedModel>();
  for (const entry of entries) {
    const id = readId(entry, rules.id);
    if (id !== null && !models.has(id)) models.set(id, describeModel(id, entry));
    if (models.size === maximumModels) break;
  }
  return { models: [...models.values()], next: rules.next(listing) };
}

function readId(entry: unknown, place: string): string | null {
  const written: unknown = typeof entry === 'string' ? entry : fieldOf(entry, place);
  if (typeof written !== 'string') return null;
  // Gemini names a model by its resource, and is asked without that word.
  const id = place === 'name' ? written.replace(/^models\//, '') : written;
  return id.length <= maximumIdLength && usableId.test(id) ? id : null;
}

function describeModel(id: string, entry: unknown): ListedModel {
  const facts = readModelFacts(entry);
  const told = readListEntry(entry);
  return { id, ...(isEmpty(facts) ? {} : { facts }), ...(isEmpty(told) ? {} : { entry: told }) };
}

function isEmpty(object: object): boolean {
  return Object.keys(object).length === 0;
}
