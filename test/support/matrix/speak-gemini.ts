/** Speaks Gemini's generateContent as Google's servers do: CRLF, whole calls without ids, STOP after calls, usage everywhere. */
import { listAt, reach, textAt } from './reach.ts';
import { counted, cut, type HeardTurn, type SaidFile, type Speaker, type Written } from './sayings.ts';

const usageMetadata = {
  promptTokenCount: counted.input,
  cachedContentTokenCount: counted.cached,
  candidatesTokenCount: counted.output - counted.reasoning,
  thoughtsTokenCount: counted.reasoning,
  totalTokenCount: counted.input + counted.output,
};

const finishes = { stop: 'STOP', length: 'MAX_TOKENS', 'tool-calls': 'STOP', 'content-filter': 'SAFETY' } as const;

/** Every answer has an id of its own. */
let answers = 0;

function chunk(parts: readonly object[], finishReason?: string): object {
  const content = { parts, role: 'model' };
  return {
    candidates: [{ content, index: 0, ...(finishReason !== undefined && { finishReason }) }],
    usageMetadata,
    modelVersion: 'gemini-wire',
    responseId: `resp-${answers}`,
  };
}

/** The seal stands on the first call, as Gemini's does. */
function callParts({ calls = [], seal }: Written): readonly object[] {
  return calls.map(({ name, args }, index) => ({
    functionCall: { name, args },
    ...(index === 0 && seal !== undefined && { thoughtSignature: seal }),
  }));
}

function fileOf(part: unknown): SaidFile[] {
  const data = textAt(part, 'inlineData', 'data');
  if (data !== '') return [{ mediaType: textAt(part, 'inlineData', 'mimeType'), data }];
  const url = textAt(part, 'fileData', 'fileUri');
  return url === '' ? [] : [{ mediaType: textAt(part, 'fileData', 'mimeType'), url }];
}

function resultText(response: unknown): string {
  const inner = reach(response, 'output') ?? reach(response, 'result');
  return typeof inner === 'string' ? inner : JSON.stringify(response);
}

function readContent(content: unknown): HeardTurn {
  const parts = listAt(content, 'parts');
  const results = parts.flatMap((part) => {
    const result = reach(part, 'functionResponse');
    if (result === undefined) return [];
    return [{ id: textAt(result, 'id') || null, name: textAt(result, 'name'), text: resultText(reach(result, 'response')) }];
  });
  const role = textAt(content, 'role') === 'model' ? 'assistant' : results.length > 0 ? 'tool' : 'user';
  return {
    role,
    results,
    text: parts.map((part) => (reach(part, 'thought') === true ? '' : textAt(part, 'text'))).join(''),
    files: parts.flatMap(fileOf),
    calls: parts.flatMap((part) => {
      const call = reach(part, 'functionCall');
      return call === undefined
        ? []
        : [{ id: textAt(call, 'id') || null, name: textAt(call, 'name'), args: reach(call, 'args') }];
    }),
    seals: parts.map((part) => textAt(part, 'thoughtSignature')).filter(Boolean),
  };
}

const statuses: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
};

const frame = (value: unknown): string => `data: ${JSON.stringify(value)}\r\n\r\n`;

const error = (status: number, words: string): object => ({
  error: { code: status, message: words, status: statuses[status] ?? 'UNAVAILABLE' },
});

export const geminiSpeaker: Speaker = {
  dialect: 'gemini',
  streamType: 'text/event-stream',
  whole(written) {
    answers += 1;
    const { reasoning, text } = written;
    const parts = [
      ...(reasoning === undefined ? [] : [{ text: reasoning, thought: true }]),
      ...(text === undefined ? [] : [{ text }]),
      ...callParts(written),
    ];
    return chunk(parts, finishes[written.finish]);
  },
  stream(written) {
    answers += 1;
    const { reasoning = '', text = '' } = written;
    return [
      ...cut(reasoning, 20).map((piece) => chunk([{ text: piece, thought: true }])),
      ...cut(text, 20).map((piece) => chunk([{ text: piece }])),
      ...callParts(written).map((part) => chunk([part])),
      chunk([{ text: '' }], finishes[written.finish]),
    ].map(frame);
  },
  error,
  errorFrame: (words) => frame(error(500, words)),
  hear(target, body) {
    const [, model = '', verb = ''] = /\/models\/([^:]+):([A-Za-z]+)/.exec(target) ?? [];
    const config = reach(body, 'generationConfig');
    return {
      model,
      stream: verb === 'streamGenerateContent',
      system: listAt(body, 'systemInstruction', 'parts')
        .map((part) => textAt(part, 'text'))
        .join('\n'),
      turns: listAt(body, 'contents').map(readContent),
      tools: listAt(body, 'tools')
        .flatMap((tool) => listAt(tool, 'functionDeclarations'))
        .map((tool) => ({
          name: textAt(tool, 'name'),
          schema: reach(tool, 'parametersJsonSchema') ?? reach(tool, 'parameters'),
        })),
      schema: reach(config, 'responseJsonSchema') ?? reach(config, 'responseSchema'),
      maxTokens: reach(config, 'maxOutputTokens'),
      thinks: reach(config, 'thinkingConfig', 'includeThoughts') === true,
    };
  },
};
