/** Writes tools and how they may be chosen: https://ai.google.dev/api/caching#Tool */
import type { FidelityNotes } from '../../../chat/fidelity.ts';
import type { FunctionTool, ToolChoice, ToolDefinition } from '../../../chat/request.ts';

/**
 * All functions in one entry, tools of Google's own behind them. Schemas go into `parametersJsonSchema`, which takes any JSON
 * schema as it is; `parameters` refuses a request for one keyword it does not know (`$schema`, `const` …).
 */
export function encodeTools(tools: readonly ToolDefinition[], notes: FidelityNotes): unknown[] {
  const declarations = tools.flatMap((tool, index) =>
    tool.kind === 'function' ? [encodeFunction(tool, `tools.${index}`, notes)] : [],
  );
  const natives = tools.flatMap((tool) => (tool.kind === 'native' ? [tool.json] : []));
  return [...(declarations.length === 0 ? [] : [{ functionDeclarations: declarations }]), ...natives];
}

function encodeFunction({ name, description, parameters, strict }: FunctionTool, path: string, notes: FidelityNotes) {
  if (strict) notes.drop(`${path}.strict`, 'Gemini has no such field');
  return {
    name,
    ...(description === null ? {} : { description }),
    ...(Object.keys(parameters).length === 0 ? {} : { parametersJsonSchema: parameters }),
  };
}

/** @returns null for what Gemini does by itself */
export function encodeToolConfig(choice: ToolChoice): unknown {
  const functionCallingConfig = callingConfig(choice);
  return functionCallingConfig === null ? null : { functionCallingConfig };
}

/** Some of the tools, freely chosen: `AUTO` takes no names, `VALIDATED` does. */
function callingConfig(choice: ToolChoice) {
  switch (choice.type) {
    case 'auto':
      return null;
    case 'none':
      return { mode: 'NONE' };
    case 'required':
      return { mode: 'ANY' };
    case 'tool':
      return { mode: 'ANY', allowedFunctionNames: [choice.name] };
    case 'allowed':
      return { mode: choice.mode === 'required' ? 'ANY' : 'VALIDATED', allowedFunctionNames: choice.names };
  }
}
