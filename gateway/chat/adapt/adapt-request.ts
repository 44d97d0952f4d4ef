/**
 * Makes a request sayable in a dialect before that dialect's codec writes it: what the dialect has no words for is emulated or
 * dropped, both noted, or refused where leaving it out would change what is asked. Pure.
 */
import type { Abilities } from '../abilities.ts';
import type { FidelityNotes } from '../fidelity.ts';
import type { ChatRequest } from '../request.ts';
import { adaptFields } from './adapt-fields.ts';
import { adaptMessages } from './adapt-messages.ts';
import { adaptResponseFormat } from './adapt-response-format.ts';
import { adaptToolChoice, adaptTools } from './adapt-tools.ts';
import { FreshCallIds } from './fresh-call-ids.ts';
import { type AnswerRestorer, createAnswerRestorer } from './restore-answer.ts';
import { ToolNames } from './tool-names.ts';

export interface AdaptedRequest {
  readonly request: ChatRequest;
  /** Turns the answer's events back into what the client asked for: one for each answer. */
  createRestorer(): AnswerRestorer;
}

/** @throws GatewayError `untranslatable` naming the field that must not be left out */
export function adaptRequest(request: ChatRequest, abilities: Abilities, notes: FidelityNotes): AdaptedRequest {
  const names = new ToolNames(request.tools, abilities);
  const adaptation = { abilities, notes, names };
  const sayable = {
    ...adaptFields(request, abilities, notes),
    messages: adaptMessages(request.messages, adaptation),
    ...adaptToolChoice(request.toolChoice, adaptTools(request.tools, adaptation), adaptation),
  };
  // Last: an instruction among the messages would give the others behind it wrong paths.
  const adapted = adaptResponseFormat(sayable, abilities, notes);
  const stripsFence = adapted.responseFormat !== request.responseFormat;
  return { request: adapted, createRestorer: () => createAnswerRestorer(names, new FreshCallIds(request.messages), stripsFence) };
}
