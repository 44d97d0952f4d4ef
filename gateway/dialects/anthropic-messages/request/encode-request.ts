/** Writes the body of `POST /v1/messages` for an upstream. */
import type { FidelityNotes } from '../../../chat/fidelity.ts';
import type { ChatRequest } from '../../../chat/request.ts';
import type { UpstreamTarget } from '../../codec.ts';
import { limitCacheMarks } from './cache-marks.ts';
import { closeTurns } from './close-turns.ts';
import type { Block } from './encode-blocks.ts';
import { encodeConversation } from './encode-turns.ts';
import { planThinking, type ThinkingPlan } from './encode-thinking.ts';
import { encodeToolChoice, encodeTools } from './encode-tools.ts';
import { type ModelTraits, modelTraits } from './model-traits.ts';
import { limitSchema } from './schema-limits.ts';

/**
 * The API demands a limit. This one is what Claude Code sends for a model that it does not know, so that every provider of the
 * dialect takes it; it is within the limits of all models since Claude 4.
 */
const defaultMaxTokens = 32_000;

/** The API takes no longer name of a user. */
const longestUser = 256;

/** @throws GatewayError `untranslatable` naming a picture or file of a kind the API does not take */
export function encodeRequest(request: ChatRequest, target: UpstreamTarget, notes: FidelityNotes): Record<string, unknown> {
  const traits = modelTraits(target.model);
  const { system, turns } = encodeConversation(request.messages, notes);
  const tools = encodeTools(request.tools, traits, notes);
  const maxTokens = chooseMaxTokens(request, traits, notes);
  const plan = planThinking({ request, traits, turns, maxTokens, notes });
  closeTurns(turns, traits.takesPrefill && !plan.isOn, notes);
  limitCacheMarks([...tools, ...system, ...turns.flatMap(({ content }) => content)], notes);
  const body = {
    model: target.model,
    max_tokens: maxTokens,
    ...(system.length === 0 ? {} : { system: encodeSystem(system) }),
    messages: turns,
    ...(tools.length === 0 ? {} : { tools }),
    ...encodeToolChoice(request, traits, notes),
    ...(plan.thinking === null ? {} : { thinking: plan.thinking }),
    ...encodeOutputConfig(request, plan, notes),
    ...encodeSampling(request, traits, plan, notes),
    ...encodeStop(request, notes),
    ...encodeOrigin(request, notes),
    stream: request.stream,
  };
  return withoutRefused(body, target.quirks.refusedFields ?? [], notes);
}

function chooseMaxTokens({ maxOutputTokens }: ChatRequest, { mostTokens }: ModelTraits, notes: FidelityNotes): number {
  const chosen = Math.min(maxOutputTokens ?? defaultMaxTokens, mostTokens);
  if (maxOutputTokens === null) {
    notes.emulate('max_output_tokens', `as ${chosen} tokens: the API demands a limit, and the client gave none`);
  } else if (chosen < maxOutputTokens) {
    notes.emulate('max_output_tokens', `as ${chosen} tokens, the most that this model writes`);
  }
  return chosen;
}

function encodeSystem(system: readonly Block[]): unknown {
  const [only] = system;
  return system.length === 1 && only?.cache_control === undefined ? only?.text : system;
}

function encodeOutputConfig({ responseFormat }: ChatRequest, { effort }: ThinkingPlan, notes: FidelityNotes) {
  const config: Record<string, unknown> = effort === null ? {} : { effort };
  if (responseFormat.type === 'json-schema') {
    const schema = limitSchema(responseFormat.schema);
    if (JSON.stringify(schema) !== JSON.stringify(responseFormat.schema)) {
      notes.emulate('response_format.schema', 'with closed objects, and in words what the API cannot enforce');
    }
    if (responseFormat.description !== undefined) notes.drop('response_format.description', 'the API has no such field');
    config.format = { type: 'json_schema', schema };
  }
  return Object.keys(config).length === 0 ? {} : { output_config: config };
}

type Sampling = { temperature?: number; top_p?: number; top_k?: number };

function encodeSampling(request: ChatRequest, traits: ModelTraits, plan: ThinkingPlan, notes: FidelityNotes): Sampling {
  const { temperature, topP, topK } = request;
  const sampling: Sampling = {
    ...(temperature === undefined ? {} : { temperature: clampTemperature(temperature, notes) }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(topK === undefined ? {} : { top_k: topK }),
  };
  const drop = (name: keyof Sampling, why: string): void => {
    if (sampling[name] === undefined) return;
    notes.drop(name, why);
    delete sampling[name];
  };
  if (!traits.takesSampling) {
    for (const name of ['temperature', 'top_p', 'top_k'] as const) drop(name, 'this model takes no sampling settings');
  } else if (plan.isOn) {
    const why = 'a model that thinks takes no such setting';
    if (sampling.temperature !== 1) drop('temperature', why);
    if (topP !== undefined && topP < 0.95) drop('top_p', why);
    drop('top_k', why);
  }
  if (!traits.takesBothSamplings && sampling.temperature !== undefined)
    drop('top_p', 'Claude takes temperature or top_p, not both');
  return sampling;
}

function clampTemperature(temperature: number, notes: FidelityNotes): number {
  if (temperature <= 1) return Math.max(0, temperature);
  notes.emulate('temperature', 'as 1, the highest that Anthropic takes');
  return 1;
}

function encodeStop({ stop = [] }: ChatRequest, notes: FidelityNotes) {
  const sound = stop.filter((text) => text.trim() !== '');
  if (sound.length < stop.length) notes.drop('stop', 'Anthropic takes no stop sequence of white space alone');
  return sound.length === 0 ? {} : { stop_sequences: sound };
}

const tiers = new Map([
  ['auto', 'auto'],
  ['default', 'standard_only'],
  ['standard_only', 'standard_only'],
]);

function encodeOrigin({ endUser, serviceTier }: ChatRequest, notes: FidelityNotes) {
  const tier = tiers.get(serviceTier ?? '');
  if (serviceTier !== undefined && tier === undefined) notes.drop('service_tier', 'Anthropic has no tier of that name');
  const isLong = endUser !== undefined && endUser.length > longestUser;
  if (isLong) notes.drop('end_user', `Anthropic takes at most ${longestUser} characters`);
  return {
    ...(endUser === undefined || isLong ? {} : { metadata: { user_id: endUser } }),
    ...(tier === undefined ? {} : { service_tier: tier }),
  };
}

function withoutRefused(body: Record<string, unknown>, refused: readonly string[], notes: FidelityNotes) {
  for (const field of refused) {
    if (!(field in body)) continue;
    notes.drop(field, 'the provider refuses this field');
    delete body[field];
  }
  return body;
}
