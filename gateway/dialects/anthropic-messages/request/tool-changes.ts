/** Applies what system messages say of tools: a client of the newest API may add and remove some in the middle of a conversation. */
import { isFields } from '../../json/fields.ts';

/**
 * No other dialect offers tools from one message on, so the model is offered what stands at the end.
 * @returns the tools as the client defined them
 */
export function applyToolChanges(tools: readonly unknown[], messages: readonly unknown[]): readonly unknown[] {
  return messages.filter(isFields).reduce((offered, { role, content }) => {
    const blocks: readonly unknown[] = role === 'system' && Array.isArray(content) ? content : [];
    return blocks.reduce(applyToolChange, offered);
  }, tools);
}

function applyToolChange(tools: readonly unknown[], block: unknown): readonly unknown[] {
  if (!isFields(block) || !isFields(block.tool)) return tools;
  const { type, name, definition } = block.tool;
  if (block.type === 'tool_removal' && type === 'tool_reference') return tools.filter((tool) => nameOf(tool) !== name);
  if (block.type !== 'tool_addition' || !isFields(definition)) return tools;
  return [...tools.filter((tool) => nameOf(tool) !== definition.name), definition];
}

function nameOf(tool: unknown): unknown {
  return isFields(tool) ? tool.name : undefined;
}
