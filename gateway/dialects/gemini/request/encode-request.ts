/** Writes a request for an upstream that speaks Gemini: https://ai.google.dev/api/generate-content */
import type { FidelityNotes } from '../../../chat/fidelity.ts';
import type { ChatRequest } from '../../../chat/request.ts';
import type { UpstreamTarget } from '../../codec.ts';
import { encodeGenerationConfig, formatInstruction } from './encode-config.ts';
import { encodeContents } from './encode-contents.ts';
import { encodeToolConfig, encodeTools } from './encode-tools.ts';

/**
 * The body; model and stream stand in the path.
 * @throws GatewayError `untranslatable`
 */
export function encodeRequest(
  request: ChatRequest,
  { model, quirks }: UpstreamTarget,
  notes: FidelityNotes,
): Readonly<Record<string, unknown>> {
  const { system, contents } = encodeContents(request.messages, model, notes);
  const instruction = formatInstruction(request, model);
  if (instruction !== null) notes.emulate('response_format', 'as an instruction: this model takes none beside tools');
  const texts = instruction === null ? system : [...system, instruction];
  const tools = encodeTools(request.tools, notes);
  const fields = {
    systemInstruction: texts.length === 0 ? null : { parts: texts.map((text) => ({ text })) },
    contents,
    tools: tools.length === 0 ? null : tools,
    toolConfig: tools.length === 0 ? null : encodeToolConfig(request.toolChoice),
    generationConfig: encodeGenerationConfig(request, model, notes),
    serviceTier: encodeServiceTier(request.serviceTier, notes),
  };
  return Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => value !== null && !isRefused(name, quirks.refusedFields, notes)),
  );
}

function isRefused(name: string, refused: readonly string[] = [], notes: FidelityNotes): boolean {
  if (!refused.includes(name)) return false;
  notes.drop(name, 'this provider refuses the field');
  return true;
}

const tiers = new Map(
  Object.entries({
    flex: 'flex',
    priority: 'priority',
    standard: 'standard',
    default: 'standard',
    standard_only: 'standard',
  }),
);

function encodeServiceTier(tier: string | undefined, notes: FidelityNotes): string | null {
  if (tier === undefined || tier === 'auto') return null;
  const known = tiers.get(tier);
  if (known === undefined) notes.drop('service_tier', 'Gemini has no such tier');
  return known ?? null;
}
