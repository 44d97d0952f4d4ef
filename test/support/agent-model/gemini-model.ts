/** The scripted model behind Gemini's generateContent. */
import { type Answer, json, stream } from '../upstream-answers.ts';
import { type AskedTurn, counts, type ModelTurn, piecesOf } from './agent-turn.ts';
import { badNames, type Body, bodyOf, listOf, unknownFields } from './reading.ts';

const known = 'contents systemInstruction tools toolConfig generationConfig safetySettings cachedContent serviceTier'.split(' ');
const knownConfig = (
  'temperature topP topK maxOutputTokens stopSequences candidateCount presencePenalty frequencyPenalty seed responseMimeType ' +
  'responseSchema responseJsonSchema responseLogprobs logprobs thinkingConfig'
).split(' ');
/** What its own schema language does not know, though JSON schema does; `parametersJsonSchema` takes it. */
const foreignWords = ['$schema', '$ref', '$defs', 'additionalProperties', 'exclusiveMinimum', 'const', 'patternProperties'];

/** @param target names the model and the verb */
export function readGemini(body: Body, target: string): AskedTurn {
  const [, model = '', verb = ''] = /\/models\/(.+):(\w+)/.exec(target) ?? [];
  const contents = listOf(body.contents);
  const parts = contents.flatMap((content) => listOf(content.parts));
  const tools = listOf(body.tools).flatMap((tool) => listOf(tool.functionDeclarations));
  const results = parts.filter((part) => part.functionResponse !== undefined);
  const config = bodyOf(body.generationConfig);
  const schemas = tools.map(({ parameters }) => JSON.stringify(parameters ?? {}));
  const foreign = foreignWords.filter((word) => schemas.some((text) => text.includes(`"${word}":`)));
  return {
    model,
    isStream: verb === 'streamGenerateContent',
    tools: tools.map(({ name, parameters, parametersJsonSchema }) => ({
      name: String(name),
      isCustom: false,
      schema: bodyOf(parametersJsonSchema ?? parameters),
    })),
    results: results.map((part) => JSON.stringify(bodyOf(part.functionResponse).response)),
    seals: parts.filter((part) => part.functionCall !== undefined).map((part) => String(part.thoughtSignature)),
    wantsReasoning: bodyOf(config.thinkingConfig).includeThoughts === true,
    wantsJson: config.responseMimeType === 'application/json',
    faults: [
      ...unknownFields(body, known, 'the request'),
      ...unknownFields(config, knownConfig, 'generationConfig'),
      ...badNames(
        tools.map(({ name }) => String(name)),
        /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/,
      ),
      ...foreign.map((word) => `parameters hold ${word}`),
      ...misplacedParts(contents),
    ],
  };
}

/** A call needs its result in the very next turn, some part must hold something, and each first call of a turn its signature. */
function misplacedParts(contents: readonly Body[]): string[] {
  return contents.flatMap((content, index) => {
    const parts = listOf(content.parts);
    const calls = parts.filter((part) => part.functionCall !== undefined);
    const answers = listOf(contents[index + 1]?.parts).filter((part) => part.functionResponse !== undefined);
    return [
      ...(parts.length === 0 ? ['a content has no parts'] : []),
      ...(calls.length === answers.length || calls.length === 0 ? [] : ['a call is not answered in the next turn']),
      ...(calls[0] && typeof calls[0].thoughtSignature !== 'string' ? ['a call has no thought signature'] : []),
    ];
  });
}

const usageMetadata = {
  promptTokenCount: counts.input,
  cachedContentTokenCount: counts.cached,
  candidatesTokenCount: counts.output - counts.reasoning,
  thoughtsTokenCount: counts.reasoning,
  totalTokenCount: counts.input + counts.output,
};

export function writeGemini(turn: ModelTurn): Answer {
  const parts: object[] = [
    ...(turn.thoughts === null ? [] : [{ text: turn.thoughts, thought: true }]),
    ...piecesOf(turn.text).map((text) => ({ text })),
    ...turn.calls.map(({ tool, input }, index) => ({
      functionCall: { name: tool.name, args: bodyOf(JSON.parse(input)) },
      // Of calls at once, only the first has one.
      ...(index === 0 && { thoughtSignature: turn.seal }),
    })),
  ];
  const body = (some: readonly object[], more: object) => ({
    candidates: [{ content: { role: 'model', parts: some }, index: 0, ...more }],
    usageMetadata,
    modelVersion: turn.model,
    responseId: 'r1',
  });
  if (!turn.isStream) return json(body(parts, { finishReason: 'STOP' }));
  const chunks = [...parts.map((part) => body([part], {})), body([{ text: '' }], { finishReason: 'STOP' })];
  return stream(chunks.map((one) => `data: ${JSON.stringify(one)}\r\n\r\n`));
}
