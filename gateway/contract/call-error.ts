/** Why a call failed, for both sides; without a schema library, so that a page stays small. */

/** `conflict`: the base version is not the current one; `unavailable`: try again later. */
export const callErrorKinds = ['invalid', 'not-found', 'conflict', 'unauthorized', 'forbidden', 'unavailable', 'failed'] as const;
export type CallErrorKind = (typeof callErrorKinds)[number];

/** A refusal that a caller may read; anything else that a handler throws is answered as `failed` without details. */
export class CallError extends Error {
  readonly kind: CallErrorKind;
  readonly field: string | undefined;

  constructor(kind: CallErrorKind, message: string, field?: string) {
    super(message);
    this.name = 'CallError';
    this.kind = kind;
    this.field = field;
  }
}
