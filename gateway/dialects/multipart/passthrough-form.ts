/** Reads what decides of a form from its bytes, and writes the same bytes back with only its model changed. */
import { GatewayError } from '../../chat/error.ts';
import type { PassthroughRequest } from '../dialect.ts';
import { type Edit, editPieces, totalLength } from '../json/pieces.ts';
import { nothingSaid } from '../json/sayings.ts';
import { readBoundary } from './boundary.ts';
import { joinSmallPieces } from './find-marks.ts';
import { type FormField, scanForm } from './scan-form.ts';

const longestModelName = 512;
const nothingAdded = { hasTools: false, builtInTools: 0, readsMore: false, acts: false } as const;

/**
 * A form as a request that passes through. Its field `stream` asks for a stream where it says `true`.
 * @throws GatewayError `bad-request`, naming the field
 */
export function readFormRequest(received: readonly Buffer[], contentType: string | undefined): PassthroughRequest {
  const boundary = readBoundary(contentType);
  if (boundary === null) throw new GatewayError('bad-request', 'the form has no boundary in its content type');
  const pieces = joinSmallPieces(received);
  const fields = scanForm(pieces, boundary, ['model', 'stream']);
  const field = fields.get('model');
  const model = checkModel(field);
  const stream = fields.get('stream')?.value.toLowerCase() === 'true';
  return {
    head: { model, stream, usageAsked: true },
    write: (change) => (field && change.model !== model ? editPieces(pieces, planEdits(field, change.model)) : pieces),
    // What it holds for a model is a sound or an image, whose bytes are no text.
    measure: () => ({ textBytes: 0, media: [{ kind: 'unknown', bytes: totalLength(pieces), pixels: null }] }),
    additions: () => nothingAdded,
    denseBytes: () => 0,
    parse: () => {
      throw new GatewayError('bad-request', 'a form is no JSON');
    },
    holds: () => false,
    sayings: () => nothingSaid,
    unsaidSettings: () => [],
  };
}

function checkModel(field: FormField | undefined): string {
  const model = field?.value ?? '';
  const problem = modelProblem(model);
  if (problem === null) return model;
  throw new GatewayError('bad-request', `the field model ${problem}`, { field: 'model' });
}

function modelProblem(model: string): string | null {
  if (model === '') return 'is missing or is empty; write it into the form as a plain field';
  if (model.length > longestModelName) return `is longer than ${longestModelName} characters`;
  return /[\r\n\0]/.test(model) ? 'must be one line' : null;
}

function planEdits({ start, end, length }: FormField, model: string): Edit[] {
  const edits: Edit[] = [{ start, end, text: model }];
  // Some programs say each part's length in its headers, which stand before it.
  if (length) edits.unshift({ ...length, text: String(Buffer.byteLength(model)) });
  return edits;
}
