/** Reads the tools of a chat request: OpenAI's shape, more loosely kept. */
import type { FunctionTool } from '../../../chat/request.ts';
import { isAbsent, readFields, readList, readName, readText } from '../../json/fields.ts';
import { unreadFields } from './unread-fields.ts';

const toolFields: ReadonlySet<string> = new Set(['type', 'function']);
const functionFields: ReadonlySet<string> = new Set(['name', 'description', 'parameters']);

interface DecodedTools {
  readonly tools: readonly FunctionTool[];
  readonly unread: readonly string[];
}

/** @throws GatewayError `bad-request` naming the tool */
export function decodeTools(value: unknown): DecodedTools {
  const list = isAbsent(value) ? [] : readList(value, 'tools');
  const decoded = list.map((each, index) => decodeTool(each, `tools.${index}`));
  return { tools: decoded.map(({ tool }) => tool), unread: decoded.flatMap(({ unread }) => unread) };
}

function decodeTool(value: unknown, path: string) {
  const entry = readFields(value, path);
  const declared = readFields(entry['function'], `${path}.function`);
  const { description, parameters } = declared;
  const tool: FunctionTool = {
    kind: 'function',
    name: readName(declared['name'], `${path}.function.name`),
    description: isAbsent(description) ? null : readText(description, `${path}.function.description`),
    parameters: isAbsent(parameters) ? { type: 'object', properties: {} } : readFields(parameters, `${path}.function.parameters`),
  };
  const unread = [...unreadFields(entry, toolFields, `${path}.`), ...unreadFields(declared, functionFields, `${path}.function.`)];
  return { tool, unread };
}
