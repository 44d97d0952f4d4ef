/** Programs on Google's SDK. Its global fetch is watched (door.ts). */
import { type Content, type GenerateContentConfig, type GenerateContentResponse, GoogleGenAI, type Part } from '@google/genai';
import { type Door, readSdkFailure } from './door.ts';
import { textAt } from './reach.ts';
import type { Ask, SaidCall, SaidFile, Seen, Turn } from './sayings.ts';

function filePart({ mediaType, data, url }: SaidFile): Part {
  if (url !== undefined) return { fileData: { fileUri: url, mimeType: mediaType } };
  return { inlineData: { mimeType: mediaType, data: data ?? '' } };
}

function contentOf(turn: Turn): Content {
  if (turn.role === 'tool') {
    const parts = turn.results.map(({ id, name, text }) => ({
      functionResponse: { ...(id !== '' && { id }), name, response: { output: text } },
    }));
    return { role: 'user', parts };
  }
  if (turn.role === 'user') return { role: 'user', parts: [{ text: turn.text }, ...(turn.file ? [filePart(turn.file)] : [])] };
  if (turn.native !== undefined) return { role: 'model', parts: turn.native as Part[] };
  const calls = (turn.calls ?? []).map(({ id, name, args }) => ({
    functionCall: { id, name, args: args as Record<string, unknown> },
  }));
  return { role: 'model', parts: [...(turn.text === undefined ? [] : [{ text: turn.text }]), ...calls] };
}

function configOf({ system, tools, schema, maxTokens, think }: Ask): GenerateContentConfig {
  return {
    ...(system !== undefined && { systemInstruction: system }),
    ...(tools && {
      tools: [
        {
          functionDeclarations: tools.map(({ name, description, schema: parameters }) => ({
            name,
            description,
            parametersJsonSchema: parameters,
          })),
        },
      ],
    }),
    ...(schema && { responseMimeType: 'application/json', responseJsonSchema: schema }),
    ...(maxTokens !== undefined && { maxOutputTokens: maxTokens }),
    ...(think === true && { thinkingConfig: { includeThoughts: true, thinkingBudget: 2048 } }),
  };
}

const finishes: Readonly<Record<string, string>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'content-filter',
  PROHIBITED_CONTENT: 'content-filter',
};

/** A stream's answers joined as a program joins them; the SDK has no accumulator. */
function seenContent(answers: readonly GenerateContentResponse[]): Seen {
  const parts = answers.flatMap((answer) => answer.candidates?.[0]?.content?.parts ?? []);
  const textIn = (thought: boolean) =>
    parts.map((part) => ((part.thought ?? false) === thought ? (part.text ?? '') : '')).join('');
  const calls = parts.flatMap((part): SaidCall[] => {
    if (!part.functionCall) return [];
    const { id = '', name = '', args } = part.functionCall;
    return [{ id, name, args }];
  });
  const reason = answers.map((answer) => answer.candidates?.[0]?.finishReason).findLast((each) => each !== undefined);
  const usage = answers.map((answer) => answer.usageMetadata).findLast((each) => each !== undefined);
  const finish = finishes[String(reason)] ?? String(reason);
  return {
    text: textIn(false),
    reasoning: textIn(true),
    refusal: textAt(answers.at(-1), 'promptFeedback', 'blockReason') || textAt(answers.at(-1), 'candidates', 0, 'finishMessage'),
    calls,
    finish: finish === 'stop' && calls.length > 0 ? 'tool-calls' : finish,
    usage: {
      input: usage?.promptTokenCount ?? -1,
      output: (usage?.candidatesTokenCount ?? 0) + (usage?.thoughtsTokenCount ?? 0),
    },
    native: parts,
  };
}

export const geminiDoor: Door = {
  name: 'gemini',
  async ask({ url, key }, model, ask) {
    const client = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url } });
    const question = { model, contents: ask.turns.map(contentOf), config: configOf(ask) };
    if (!ask.stream) return seenContent([await client.models.generateContent(question)]);
    const answers: GenerateContentResponse[] = [];
    for await (const answer of await client.models.generateContentStream(question)) answers.push(answer);
    return seenContent(answers);
  },
  readFailure: readSdkFailure,
};
