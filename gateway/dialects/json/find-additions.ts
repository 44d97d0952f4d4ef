/** Finds what a provider will add to a request for its model to read: words about tools, and what does not stand here at all. */
import type { RequestAdditions } from '../../chat/request-size.ts';
import { type FieldRange, scanFields } from './scan-fields.ts';

const explained = ['tools', 'functions', 'response_format', 'output_format', 'output_config', 'text', 'format'];
const configs = ['generationConfig', 'generation_config'];
/** Each names something that is kept at the provider. */
const kept = ['previous_response_id', 'conversation', 'cachedContent', 'cached_content', 'container'];
const acting = ['mcp_servers', 'plugins', 'web_search_options', 'search_parameters', 'background'];
const names = [...explained, ...configs, ...kept, ...acting, 'prompt'];

/** Tools that a provider runs itself, by the names that Anthropic, OpenAI, xAI, OpenRouter and Google give them. */
const hostedTool =
  /"type"\s*:\s*"[\w:]*(?:search|fetch|retrieval|browser|code_execution|code_interpreter|image_generation|mcp|advisor|builtin_function)|"(?:googleSearch|google_search|googleMaps|google_maps|urlContext|url_context|fileSearch|file_search|codeExecution|code_execution)\w*"\s*:\s*\{/;
/** Anthropic's own tools carry the date of their version; OpenAI's that a client runs have no description either. */
const builtInTool = /"type"\s*:\s*"(?:[a-z_]+_20\d{6}|computer_use_preview|computer|local_shell|shell|apply_patch)"/g;

/** @param body a JSON object; of one that is unsound the most is assumed */
export function findAdditions(body: Buffer): RequestAdditions {
  const fields = scan(body);
  if (!fields) return { hasTools: true, builtInTools: 0, readsMore: true, acts: true };
  const textOf = (name: string): string => rangeText(body, fields.get(name));
  const tools = textOf('tools');
  return {
    hasTools: explained.some((name) => isSaid(textOf(name))) || configs.some((name) => /schema"\s*:/i.test(textOf(name))),
    builtInTools: tools.match(builtInTool)?.length ?? 0,
    readsMore: kept.some((name) => isSaid(textOf(name))) || textOf('prompt').startsWith('{'),
    acts: hostedTool.test(tools) || acting.some((name) => isAsked(textOf(name))),
  };
}

function scan(body: Buffer): ReadonlyMap<string, FieldRange> | null {
  try {
    return scanFields(body, names).fields;
  } catch {
    return null;
  }
}

function rangeText(body: Buffer, range: FieldRange | undefined): string {
  return range ? body.toString('latin1', range.start, range.end) : '';
}

/** Options are asked for by an empty object, too: `"web_search_options":{}` searches. */
function isAsked(text: string): boolean {
  return isSaid(text) || /^\{\s*\}$/.test(text);
}

/** Does it say anything: not null, nothing, or an empty list? */
function isSaid(text: string): boolean {
  return text !== '' && !/^(?:null|""|false|\[\s*\]|\{\s*\})$/.test(text);
}
