/** Writes `POST /api/chat` (docs/api.md: Generate a chat completion). */
import type { FidelityNotes } from '../../../chat/fidelity.ts';
import type { ChatRequest } from '../../../chat/request.ts';
import type { UpstreamTarget } from '../../codec.ts';
import { encodeMessages } from './encode-messages.ts';
import { encodeSettings, leaveOutRefused } from './encode-settings.ts';
import { encodeTools } from './encode-tools.ts';

/** @throws GatewayError `untranslatable` naming a part that Ollama has no place for */
export function encodeChatRequest(request: ChatRequest, target: UpstreamTarget, notes: FidelityNotes): unknown {
  const body = {
    model: target.model,
    messages: encodeMessages(request.messages, notes),
    ...encodeTools(request.tools, notes),
    ...encodeSettings(request, notes),
  };
  return leaveOutRefused(body, target, notes);
}
