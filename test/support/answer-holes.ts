/** Places in every format's answers where a hostile provider may put a JSON value of its own making. */
import { type FormName, upstreamForms } from './wire-forms.ts';

/** Where a provider's answer may hold a JSON value of its own making: `VALUE` stands for it. Whole, and as the frames of a stream. */
export interface Hole {
  readonly where: string;
  readonly whole: string;
  readonly frames: readonly string[];
}

/** The format's sound answer of a text, with something put in. */
function around(name: FormName, where: string, put: (sound: string) => string): Hole {
  const form = upstreamForms[name];
  return {
    where,
    whole: put(JSON.stringify(form.whole('ok'))),
    frames: [...form.opening, form.text('ok'), ...form.closing.map(put)],
  };
}

export const errorWords = 'the words of an error';
const errorHole = (name: FormName): Hole => {
  const form = upstreamForms[name];
  const asError = (text: string) => text.replace(JSON.stringify('WORDS'), 'VALUE');
  return {
    where: errorWords,
    whole: '{"type":"error","error":{"code":500,"message":VALUE}}',
    frames: [...form.opening, form.text('ok'), asError(form.error('WORDS'))],
  };
};

const inUsage: Readonly<Record<FormName, (sound: string) => string>> = {
  'openai-chat': (sound) => sound.replace('"usage":{', '"usage":{"x":VALUE,'),
  'openai-responses': (sound) => sound.replace('"usage":{', '"usage":{"x":VALUE,'),
  'anthropic-messages': (sound) => sound.replace('"usage":{', '"usage":{"x":VALUE,'),
  gemini: (sound) => sound.replace('"usageMetadata":{', '"usageMetadata":{"x":VALUE,'),
  ollama: (sound) => sound.replace('"prompt_eval_count":3', '"prompt_eval_count":3,"x":VALUE'),
};

const chatCall = '"tool_calls":[{"index":0,"id":"t","type":"function","function":{"name":"f","arguments":"TEXT"}}]';
const argumentHoles: Readonly<Record<FormName, Hole>> = {
  'openai-chat': {
    where: 'arguments',
    whole: `{"id":"c","choices":[{"index":0,"message":{"role":"assistant",${chatCall}},"finish_reason":"tool_calls"}]}`,
    frames: [
      `data: {"id":"c","choices":[{"index":0,"delta":{${chatCall}}}]}\n\n`,
      'data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}\n\n',
      'data: [DONE]\n\n',
    ],
  },
  'openai-responses': {
    where: 'arguments',
    whole:
      '{"id":"r","object":"response","status":"completed","output":[{"type":"function_call","id":"i","call_id":"t","name":"f","arguments":"TEXT"}]}',
    frames: [
      'event: response.created\ndata: {"type":"response.created","response":{"id":"r","model":"m"}}\n\n',
      'event: response.output_item.done\ndata: {"type":"response.output_item.done","output_index":0,"item":{"type":"function_call","id":"i","call_id":"t","name":"f","arguments":"TEXT"}}\n\n',
      'event: response.completed\ndata: {"type":"response.completed","response":{"id":"r","status":"completed","output":[]}}\n\n',
    ],
  },
  'anthropic-messages': {
    where: 'arguments',
    whole:
      '{"id":"m","type":"message","role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":VALUE}],"stop_reason":"tool_use","usage":{"input_tokens":3,"output_tokens":4}}',
    frames: [
      upstreamForms['anthropic-messages'].opening[0] ?? '',
      'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"f","input":VALUE}}\n\n',
      ...upstreamForms['anthropic-messages'].closing,
    ],
  },
  gemini: {
    where: 'arguments',
    whole:
      '{"candidates":[{"content":{"role":"model","parts":[{"functionCall":{"name":"f","args":VALUE}}]},"finishReason":"STOP"}]}',
    frames: [
      'data: {"candidates":[{"content":{"role":"model","parts":[{"functionCall":{"name":"f","args":VALUE}}]},"finishReason":"STOP"}]}\n\n',
    ],
  },
  ollama: {
    where: 'arguments',
    whole:
      '{"model":"m","message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":VALUE}}]},"done":true,"done_reason":"stop"}',
    frames: [
      '{"model":"m","message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":VALUE}}]},"done":false}\n',
      '{"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop"}\n',
    ],
  },
};

/** In usage, in a call's arguments, in an error. */
export const holesOf = (name: FormName): readonly Hole[] => [
  around(name, 'usage', inUsage[name]),
  argumentHoles[name],
  errorHole(name),
];
