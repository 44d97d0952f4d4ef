/** What every door is asked with every upstream: the rows of the matrix. */
import type { Ask, Written } from './sayings.ts';

export interface Scenario {
  readonly name: string;
  /** Asked as a stream, whole, or both. */
  readonly modes: readonly ('whole' | 'stream')[];
  readonly ask: Omit<Ask, 'stream'>;
  /** What the model answers; a status is an error, the words an error inside a stream: after its first words, or before any. */
  readonly answer: Written | { readonly status: number } | 'broken' | 'unbegun';
  /** What a door must be able to say for it. */
  readonly needs: readonly Need[];
}

export type Need = 'system' | 'turns' | 'tools' | 'image' | 'address' | 'document' | 'audio' | 'schema' | 'thoughts' | 'gap';

export const said = 'An apple, a pear and “three” plums – 🍏🍐. ';
export const thought = 'Let me think… about 水果.';
export const refused = 'I cannot help with that.';
export const complaint = 'The upstream says: not today.';

const both = ['whole', 'stream'] as const;
export const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

export const weather = {
  name: 'get_weather',
  description: 'How the weather is.',
  schema: {
    type: 'object',
    properties: { city: { type: 'string', description: 'The city.' }, days: { type: 'integer' } },
    required: ['city'],
    additionalProperties: false,
  },
} as const;
const clock = { name: 'get_time', description: 'What time it is.', schema: { type: 'object', properties: {} } } as const;

export const answerSchema = {
  type: 'object',
  properties: { city: { type: 'string' }, degrees: { type: 'integer' } },
  required: ['city', 'degrees'],
  additionalProperties: false,
} as const;

const question = [{ role: 'user', text: 'What is on the “table”? 水' }] as const;
const plain = { turns: question, maxTokens: 300 } as const;
const tools = { turns: question, tools: [weather, clock], maxTokens: 300 } as const;
const call = { id: 'call_a1', name: 'get_weather', args: { city: 'Tromsø "N" \\ 水', days: 2 } } as const;
const calls = [
  call,
  { id: 'call_b2', name: 'get_weather', args: { city: 'Oslo' } },
  { id: 'call_c3', name: 'get_time', args: {} },
] as const;
const ok = { text: said, finish: 'stop' } as const;

const file = (mediaType: string) =>
  ({ turns: [{ role: 'user', text: 'Look.', file: { mediaType, data: png } }], maxTokens: 300 }) as const;
const address = { mediaType: 'image/png', url: 'https://pictures.test/a.png' } as const;

const conversation = [
  { role: 'user', text: 'One?' },
  { role: 'assistant', text: 'Two “2”.' },
  { role: 'user', text: 'Three?' },
  { role: 'assistant', text: 'Four.' },
  { role: 'user', text: 'Five? 🍏' },
] as const;

/** A whole tool loop: the matrix asks twice, the second time with the results. */
export const roundTrip: Scenario = {
  name: 'tool round trip',
  modes: both,
  ask: tools,
  answer: { calls, finish: 'tool-calls' },
  needs: ['tools', 'turns'],
};

const errors = [400, 401, 404, 429, 500, 529].map(
  (status): Scenario => ({ name: `error ${status}`, modes: both, ask: plain, answer: { status }, needs: [] }),
);

export const scenarios: readonly Scenario[] = [
  { name: 'text', modes: both, ask: plain, answer: ok, needs: [] },
  { name: 'system', modes: ['stream'], ask: { ...plain, system: 'Be “kind”.' }, answer: ok, needs: ['system'] },
  { name: 'multi-turn', modes: both, ask: { turns: conversation, system: 'Count.' }, answer: ok, needs: ['system', 'turns'] },
  { name: 'tools', modes: both, ask: tools, answer: { calls: [call], finish: 'tool-calls' }, needs: ['tools'] },
  {
    name: 'text and parallel tools',
    modes: both,
    ask: tools,
    answer: { text: said, calls, finish: 'tool-calls' },
    needs: ['tools'],
  },
  roundTrip,
  { name: 'vision', modes: both, ask: file('image/png'), answer: ok, needs: ['image'] },
  {
    name: 'vision by address',
    modes: ['whole'],
    ask: { turns: [{ role: 'user', text: 'Look.', file: address }], maxTokens: 300 },
    answer: ok,
    needs: ['image', 'address'],
  },
  { name: 'document', modes: ['whole'], ask: file('application/pdf'), answer: ok, needs: ['document'] },
  { name: 'audio', modes: ['whole'], ask: file('audio/wav'), answer: ok, needs: ['audio'] },
  {
    name: 'schema',
    modes: both,
    ask: { ...plain, schema: answerSchema },
    answer: { text: '{"city":"Tromsø","degrees":-4}', finish: 'stop' },
    needs: ['schema'],
  },
  {
    name: 'reasoning',
    modes: both,
    ask: { turns: question, think: true, maxTokens: 4000 },
    answer: { reasoning: thought, text: said, finish: 'stop' },
    needs: ['thoughts'],
  },
  { name: 'refusal', modes: both, ask: plain, answer: { refusal: refused, finish: 'content-filter' }, needs: [] },
  { name: 'length', modes: both, ask: plain, answer: { text: said, finish: 'length' }, needs: [] },
  { name: 'gap', modes: ['whole'], ask: { ...plain, suffix: '}' }, answer: ok, needs: ['gap'] },
  ...errors,
  { name: 'error inside a stream', modes: ['stream'], ask: plain, answer: 'broken', needs: [] },
  { name: 'error before any word', modes: ['stream'], ask: plain, answer: 'unbegun', needs: [] },
];

/** What a door's own format has no words for. */
export const unsayable: Readonly<Record<string, readonly Need[]>> = {
  'openai-chat': ['gap'],
  'openai-completions': ['system', 'turns', 'tools', 'image', 'address', 'document', 'audio', 'schema', 'thoughts'],
  'openai-responses': ['audio', 'gap'],
  'anthropic-messages': ['audio', 'gap'],
  gemini: ['gap'],
  ollama: ['address', 'document', 'audio', 'gap'],
  'ollama-generate': ['turns', 'tools', 'address', 'document', 'audio'],
};

/** What an upstream's format has no words for, and which field the refusal names. */
export const refusals: readonly { readonly need: Need; readonly upstream: string; readonly field: RegExp }[] = [
  { need: 'address', upstream: 'ollama', field: /messages\.0\.content\.1/ },
  { need: 'document', upstream: 'ollama', field: /messages\.0\.content\.1/ },
  { need: 'audio', upstream: 'ollama', field: /messages\.0\.content\.1/ },
  { need: 'audio', upstream: 'openai-responses', field: /messages\.0\.content\.1/ },
  { need: 'audio', upstream: 'anthropic-messages', field: /messages\.0\.content\.1/ },
  { need: 'gap', upstream: 'openai-chat', field: /suffix/ },
  { need: 'gap', upstream: 'openai-responses', field: /suffix/ },
  { need: 'gap', upstream: 'anthropic-messages', field: /suffix/ },
  { need: 'gap', upstream: 'gemini', field: /suffix/ },
];
