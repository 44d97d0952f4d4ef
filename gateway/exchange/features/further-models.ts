/** Models that a request names beside its own: whom its provider may ask in that one's place. A key's list holds for them too. */
import type { Dialect, PassthroughRequest } from '../../dialects/dialect.ts';
import { isRecord } from '../attempts/error-codes.ts';

const none: readonly string[] = [];

/** A name in a body stands so, or with an escape in it: `"\u006dodels"` is the same field. */
const marks = ['"models"', '"preset"', '"tools"', '\\u'] as const;

/**
 * OpenRouter's `models` (asked when the first cannot answer) and `preset` (which may name others), and the `model` of a tool that its
 * provider runs, as Anthropic's advisor and OpenAI's image generation.
 * @returns names as the provider knows them
 * @throws GatewayError `bad-request` for what is no sound JSON
 */
export function furtherModels({ endpoint }: Pick<Dialect, 'endpoint'>, request: PassthroughRequest): readonly string[] {
  if (endpoint !== undefined || !marks.some((mark) => request.holds(mark))) return none;
  const body = request.parse();
  if (!isRecord(body)) return none;
  const { models, preset, tools } = body;
  const named: readonly unknown[] = Array.isArray(models) ? models : [models];
  const names = [...named, ...modelsOf(tools)].filter((name) => typeof name === 'string');
  return typeof preset === 'string' ? [...names, `@preset/${preset}`] : names;
}

function modelsOf(tools: unknown): readonly unknown[] {
  return Array.isArray(tools) ? tools.map((tool: unknown) => (isRecord(tool) ? tool['model'] : undefined)) : none;
}
