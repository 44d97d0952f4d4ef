/** Edits of the config's budgets, prices, limits and alerts. Pure: each makes a new document out of the one the gateway gave. */
import type { ConfigDocument } from './edit-providers.ts';
import { isObject, type JsonObject, setAt } from './json-value.ts';

function changed(document: ConfigDocument, place: readonly (string | number)[], value: unknown): ConfigDocument {
  const next = setAt(document, place, value);
  return isObject(next) ? next : document;
}

/** The budgets as the document holds them: only what a person or a form wrote. */
export function budgetEntries(document: ConfigDocument): readonly JsonObject[] {
  return Array.isArray(document.budgets) ? document.budgets.filter(isObject) : [];
}

/** @param name of the budget that the entry takes the place of; null adds it */
export function putBudget(document: ConfigDocument, name: string | null, entry: JsonObject): ConfigDocument {
  const before = budgetEntries(document);
  const isThere = name !== null && before.some((one) => one.name === name);
  return { ...document, budgets: isThere ? before.map((one) => (one.name === name ? entry : one)) : [...before, entry] };
}

export function removeBudget(document: ConfigDocument, name: string): ConfigDocument {
  return { ...document, budgets: budgetEntries(document).filter((one) => one.name !== name) };
}

/**
 * The part of a config field's path that a budget's form knows: `budgets.3.limitUsd` → `limitUsd`.
 * @returns null when the field lies elsewhere
 */
export function budgetField(field: string | undefined): string | null {
  return /^budgets\.\d+\.([^.]+)/.exec(field ?? '')?.[1] ?? null;
}

/** @param model `provider/model`; undefined as price takes the person's own price away */
export function putPrice(document: ConfigDocument, model: string, price: JsonObject | undefined): ConfigDocument {
  return changed(document, ['prices', 'overrides', model], price);
}

/** What stands behind a price's own path, which holds the model's name, dots and all. */
export function priceField(field: string | undefined, model: string): string | null {
  const start = `prices.overrides.${model}`;
  if (field === undefined || !field.startsWith(start)) return null;
  return field.slice(start.length + 1);
}

/** @param limits undefined for none */
export function putProviderLimits(document: ConfigDocument, provider: string, limits: JsonObject | undefined): ConfigDocument {
  return changed(document, ['limits', 'providers', provider], limits);
}

/** Changes one setting of the alerts; undefined leaves it out, so that the usual holds again. */
export function putAlertSetting(document: ConfigDocument, name: string, value: unknown): ConfigDocument {
  return changed(document, ['alerts', name], value);
}
