/** What every SDK is asked to do through the gateway, and by which models: once of the built-in demo, once of a scripted OpenAI. */

export interface SdkTarget {
  readonly provider: 'demo' | 'lab';
  readonly chat: string;
  readonly tools: string;
  readonly embed: string;
  /** Words of the answer to `question`. */
  readonly says: string;
  /** Words of the answer that follows the tool's result. */
  readonly saysOfTool: string;
}

export const question = 'What is on the table?';

export const sdkTargets: readonly SdkTarget[] = [
  {
    provider: 'demo',
    chat: 'demo/hello',
    tools: 'demo/tools',
    embed: 'demo/embed',
    says: `You wrote: “${question}”`,
    saysOfTool: 'I called weather, and it answered: “Rain, 4 degrees”',
  },
  {
    provider: 'lab',
    chat: 'lab/gpt-test',
    tools: 'lab/gpt-test',
    embed: 'lab/embed-test',
    says: 'An apple, a pear and “three” plums – 🍏🍐.',
    saysOfTool: 'The tool said: Rain, 4 degrees',
  },
];

/** What the scripted OpenAI answers with. */
export const labFacts = {
  text: 'An apple, a pear and “three” plums – 🍏🍐.',
  object: { city: 'Oslo', degrees: 4 },
  toolArguments: { city: 'Oslo' },
  gapMs: 2,
} as const;

/** What the tool answers when it is called. */
export const toolResult = 'Rain, 4 degrees';

export const weatherSchema = {
  type: 'object' as const,
  properties: { city: { type: 'string' as const, description: 'The city.' } },
  required: ['city'],
  additionalProperties: false,
};
