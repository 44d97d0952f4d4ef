/** Says a request in its upstream's dialect, where that is not the client's. */
import type { Dialect, PassthroughRequest } from '../../dialects/dialect.ts';
import { dialects } from '../../dialects/index.ts';
import { lossyTranslation } from '../own-errors.ts';
import { translate } from '../translation/translate.ts';
import type { StreamForm, Translation, TranslationSource } from '../translation/translation.ts';
import type { Candidate } from './candidates.ts';
import type { RefusedFields } from './refused-fields.ts';

export interface Said {
  readonly candidate: Candidate;
  /** The client's. */
  readonly dialect: Dialect;
  readonly streamForm: StreamForm | null;
  readonly request: PassthroughRequest;
}

/** Beside another dialect: what another translation made of it, and a form that no upstream is asked in. */
export function mustBeTranslated({ candidate, dialect, streamForm, request }: Said): boolean {
  if (candidate.dialect !== dialect.name) return true;
  if (request.head.stream && streamForm !== null) return true;
  return dialect.translationMarks?.some((mark) => request.holds(mark)) === true;
}

/** @throws GatewayError for what cannot be said there. @returns null for a dialect that nobody knows */
export function translateFor(candidate: Candidate, source: TranslationSource, refusedFields: RefusedFields): Translation | null {
  const wire = dialects.get(candidate.dialect);
  if (!wire) return null;
  return translate(source, wire, { model: candidate.model, quirks: refusedFields.quirksOf(candidate) });
}

/** @throws GatewayError `untranslatable` where something is left out */
export function refuseLoss(translation: Translation): void {
  const fields = translation.report().dropped.map(({ field }) => field);
  if (fields.length > 0) throw lossyTranslation(fields, translation.wire.name);
}
