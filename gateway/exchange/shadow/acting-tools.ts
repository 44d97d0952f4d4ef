/** Whether a provider would do more for a request than answer it: what it does must not be done twice for a copy. */
import { isRecord } from '../attempts/error-codes.ts';
import type { PassthroughRequest } from '../../dialects/dialect.ts';

/** Tools that the client runs, or nobody. All other types are the provider's own, such as a search or a remote MCP server. */
const clientTypes: ReadonlySet<unknown> = new Set(['function', 'custom']);
/** How Gemini's lists name those that the client runs. */
const declarations: ReadonlySet<string> = new Set(['functionDeclarations', 'function_declarations']);

/** Names that stand so in no text, whose quotes are escaped: nearly every request has none of them, and is not parsed. */
const marks = ['"tools"', '"mcp_servers"', '"web_search_options"', '"plugins"', '"background"'] as const;

/**
 * Does the request let its provider search, run code, call servers, or work on after the answer?
 * @throws GatewayError `bad-request` for what is no sound JSON
 */
export function letsProviderAct(request: Pick<PassthroughRequest, 'holds' | 'parse'>): boolean {
  if (!marks.some((mark) => request.holds(mark))) return false;
  const body = request.parse();
  if (!isRecord(body)) return false;
  const { tools, mcp_servers: servers, web_search_options: search, plugins, background } = body;
  return (
    listOf(tools).some(isProvidersOwn) ||
    [...listOf(servers), ...listOf(plugins)].length > 0 ||
    isRecord(search) ||
    background === true
  );
}

function isProvidersOwn(tool: unknown): boolean {
  if (!isRecord(tool)) return false;
  if (tool['type'] !== undefined) return !clientTypes.has(tool['type']);
  // Anthropic's have a name and need no type.
  return tool['name'] === undefined && !Object.keys(tool).every((name) => declarations.has(name));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
