/** Writes `POST /api/generate` (docs/api.md: Generate a completion): for a request of one prompt, with or without instructions. */
import { GatewayError } from '../../../chat/error.ts';
import type { FidelityNotes } from '../../../chat/fidelity.ts';
import type { ChatMessage, ChatRequest } from '../../../chat/request.ts';
import type { UpstreamTarget } from '../../codec.ts';
import { encodeContent, joinTexts } from './encode-messages.ts';
import { encodeSettings, leaveOutRefused } from './encode-settings.ts';

/** @throws GatewayError `untranslatable` naming `messages` or `tools` when the request is more than one prompt */
export function encodeGenerateRequest(request: ChatRequest, target: UpstreamTarget, notes: FidelityNotes): unknown {
  if (request.tools.length > 0) throw tooMuch('tools', 'tools');
  const instructions = request.messages.slice(0, -1);
  const prompt = request.messages.at(-1);
  if (prompt?.role !== 'user' || !instructions.every(isInstruction)) throw tooMuch('messages', 'a conversation');
  const { content, ...images } = encodeContent(prompt.parts, `messages.${instructions.length}`, notes);
  if (content === '') throw tooMuch('messages', 'a prompt without text');
  const system = instructions.map(({ parts }) => joinTexts(parts)).join('\n\n');
  const body = {
    model: target.model,
    prompt: content,
    ...(request.suffix !== undefined && { suffix: request.suffix }),
    ...(system !== '' && { system }),
    ...images,
    ...encodeSettings(request, notes),
  };
  return leaveOutRefused(body, target, notes);
}

function isInstruction({ role }: ChatMessage): boolean {
  return role === 'system' || role === 'developer';
}

function tooMuch(field: string, what: string): GatewayError {
  return new GatewayError('untranslatable', `Ollama's generate endpoint takes one prompt; it has no place for ${what}.`, {
    field,
  });
}
