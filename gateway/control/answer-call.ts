/** Answers one call: finds it in the table, checks both sides, and keeps the details of a failure to itself. */
import { CallError, type CallErrorBody, type CallHandlers, type CallName } from '../contract/calls.ts';
import { checkCallInput, checkCallOutput, isCallName } from '../contract/check-call.ts';

/** A failure that a caller is not told about, for the log. */
export interface CallFailure {
  readonly requestId: string;
  readonly call: string;
  readonly error: unknown;
}

export type ReportFailure = (failure: CallFailure) => void;

export type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: CallErrorBody };

export interface CallToAnswer {
  readonly requestId: string;
  readonly name: string;
  readonly input: unknown;
}

/** Answers a call. Never throws: whatever a handler throws becomes an error of the answer. */
export async function answerCall(call: CallToAnswer, handlers: CallHandlers, report: ReportFailure): Promise<Outcome> {
  const { name, requestId } = call;
  if (!isCallName(name)) return refuse('not-found', 'There is no such call; the call table lists them all.');
  try {
    return await runCall(name, call.input, handlers);
  } catch (error) {
    if (error instanceof CallError) return { ok: false, error: errorBody(error) };
    report({ requestId, call: name, error });
    return refuse('failed', `The gateway could not do this; its log has the reason under ${requestId}.`);
  }
}

async function runCall<N extends CallName>(name: N, given: unknown, handlers: CallHandlers): Promise<Outcome> {
  const input = checkCallInput(name, given);
  if (!input.ok) {
    const { field, message } = input.misfit;
    throw new CallError('invalid', message, field === '' ? undefined : field);
  }
  const handler: CallHandlers[N] = handlers[name];
  const output = checkCallOutput(name, await handler(input.value));
  if (output.ok) return output;
  throw new Error(`The handler of ${name} broke the call table. ${output.misfit.message}`);
}

function errorBody({ kind, message, field }: CallError): CallErrorBody {
  return field === undefined ? { kind, message } : { kind, message, field };
}

function refuse(kind: CallErrorBody['kind'], message: string): Outcome {
  return { ok: false, error: { kind, message } };
}
