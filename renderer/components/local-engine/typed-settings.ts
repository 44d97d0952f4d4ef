/** Settings of the local engine and of its models as a person types them: an empty field leaves the usual in force. Pure. */
import { deviceListRule, folderRule, keepAliveRule, type TextRule } from '../../../gateway/contract/local-engine/patterns.ts';
import { readNumber } from '../typed-number.ts';

type Value = string | number | readonly string[];
type Read = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly message: string };

export interface TypedSetting {
  /** The field's name in the config. */
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  /** What holds where the field is empty. */
  readonly usual: string;
  readonly isNumber: boolean;
  /** @param text is not empty */
  read(text: string): Read;
}

/** As typed, by the setting's name; what is not there was not touched. */
export type TypedTexts = Readonly<Record<string, string>>;

type Words = Pick<TypedSetting, 'name' | 'label' | 'hint' | 'usual'>;

function wholeNumber(words: Words, least: number, most: number): TypedSetting {
  return { ...words, isNumber: true, read: (text) => readNumber(text, { least, most, whole: true }) };
}

function fitting(words: Words, { pattern, message }: TextRule): TypedSetting {
  return {
    ...words,
    isNumber: false,
    read: (text) => (pattern.test(text) ? { ok: true, value: text } : { ok: false, message }),
  };
}

const mostNames = 64;
const longestName = 100;

function listOfNames(words: Words): TypedSetting {
  const read = (text: string): Read => {
    const value = [...new Set(text.split(',').map((name) => name.trim()))].filter((name) => name !== '');
    const fits = value.length > 0 && value.length <= mostNames && value.every((name) => name.length <= longestName);
    return fits ? { ok: true, value } : { ok: false, message: `must be up to ${mostNames} names with commas between` };
  };
  return { ...words, isNumber: false, read };
}

const contextTokens = (hint: string, usual: string) =>
  wholeNumber({ name: 'contextTokens', label: 'Context (tokens)', hint, usual }, 256, 16_777_216);
const keepAlive = (hint: string, usual: string) =>
  fitting(
    { name: 'keepAlive', label: 'Keep loaded for', hint: `${hint} Such as 30s, 5m or 1h; 0 not at all, -1 for good.`, usual },
    keepAliveRule,
  );

/** What one model is asked with where its program does not say otherwise. */
export const modelSettings: readonly TypedSetting[] = [
  contextTokens(
    'Room for question and answer together. More takes more memory; agents that write code want 32,768 at least.',
    'as the engine',
  ),
  keepAlive('How long it stays in memory after its last request.', 'as the engine'),
  wholeNumber(
    {
      name: 'gpuLayers',
      label: 'Layers on the GPU',
      hint: '0 for none: then the processor does it all.',
      usual: 'as many as fit',
    },
    0,
    10_000,
  ),
  wholeNumber(
    {
      name: 'threads',
      label: 'Threads of the processor',
      hint: 'Fewer leave more of the machine to others.',
      usual: 'as the engine',
    },
    1,
    1_024,
  ),
  wholeNumber(
    {
      name: 'batchTokens',
      label: 'Tokens read at a time',
      hint: 'Of a prompt. More is quicker and takes more memory.',
      usual: 'as the engine',
    },
    1,
    65_536,
  ),
];

/** What holds for an engine of Gatehouse's own, from its next start on. */
export const engineSettings: readonly TypedSetting[] = [
  fitting(
    {
      name: 'modelsFolder',
      label: 'Folder of the models',
      hint: 'Left empty, it is the one that every Ollama of yours uses, so that each model is there once.',
      usual: 'the usual folder of Ollama',
    },
    folderRule,
  ),
  contextTokens('For models whose own options say nothing. More takes more memory.', 'by the memory there is'),
  keepAlive('How long a model stays in memory after its last request.', '5m'),
  wholeNumber(
    {
      name: 'parallel',
      label: 'Requests at the same time',
      hint: 'That one model answers. Each takes memory for a context of its own.',
      usual: '1',
    },
    1,
    256,
  ),
  wholeNumber(
    {
      name: 'maxLoadedModels',
      label: 'Models loaded at most',
      hint: 'Beyond it one makes room for the next.',
      usual: 'by the memory there is',
    },
    1,
    256,
  ),
  wholeNumber(
    {
      name: 'maxQueue',
      label: 'Requests that may wait',
      hint: 'More are refused, and go to the next target of their route.',
      usual: '64',
    },
    1,
    100_000,
  ),
  fitting(
    {
      name: 'gpuDevices',
      label: 'GPUs',
      hint: 'Numbers or ids with commas between; -1 for none.',
      usual: 'all of them',
    },
    deviceListRule,
  ),
  listOfNames({
    name: 'modelManagers',
    label: 'Programs that manage models',
    hint: 'Names of client keys, with commas between, that may fetch, copy and delete models by Ollama’s own calls. At once in force.',
    usual: 'none',
  }),
];

/** What a field shows: what was typed, else what is saved. */
export function shownText(saved: Readonly<Record<string, unknown>>, { name }: TypedSetting, typed: TypedTexts): string {
  const value = saved[name];
  if (Array.isArray(value)) return typed[name] ?? value.join(', ');
  return typed[name] ?? (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
}

/** What is wrong with a text, or null; an empty one is never wrong. */
export function typedProblem(setting: TypedSetting, text: string): string | null {
  if (text.trim() === '') return null;
  const read = setting.read(text.trim());
  return read.ok ? null : read.message;
}

/** The values of what was typed, by name; undefined where a field was emptied. What is wrong is left out. */
export function typedValues(settings: readonly TypedSetting[], typed: TypedTexts): Readonly<Record<string, Value | undefined>> {
  const values: Record<string, Value | undefined> = {};
  for (const setting of settings) {
    const text = typed[setting.name]?.trim();
    if (text === undefined) continue;
    const read = text === '' ? null : setting.read(text);
    if (read === null) values[setting.name] = undefined;
    else if (read.ok) values[setting.name] = read.value;
  }
  return values;
}
