/** Programs on OpenAI's SDK that speak the Responses format. */
import type { Response, ResponseCreateParamsNonStreaming, ResponseInputItem } from 'openai/resources/responses/responses';
import { openAiClient, urlOf } from './ask-openai.ts';
import { type Door, readSdkFailure } from './door.ts';
import { textAt } from './reach.ts';
import type { Ask, SaidFile, Seen, Turn } from './sayings.ts';

function filePart(file: SaidFile) {
  if (file.mediaType !== 'application/pdf')
    return { type: 'input_image' as const, detail: 'auto' as const, image_url: urlOf(file) };
  return { type: 'input_file' as const, filename: 'a.pdf', file_data: urlOf(file) };
}

function itemsOf(turn: Turn): readonly ResponseInputItem[] {
  if (turn.role === 'tool')
    return turn.results.map(({ id, text }) => ({ type: 'function_call_output', call_id: id, output: text }));
  if (turn.role === 'user') {
    const content = turn.file ? [{ type: 'input_text' as const, text: turn.text }, filePart(turn.file)] : turn.text;
    return [{ role: 'user', content }];
  }
  if (turn.native !== undefined) return turn.native as ResponseInputItem[];
  const said: ResponseInputItem[] = turn.text === undefined ? [] : [{ role: 'assistant', content: turn.text }];
  const calls = (turn.calls ?? []).map(
    ({ id, name, args }): ResponseInputItem => ({ type: 'function_call', call_id: id, name, arguments: JSON.stringify(args) }),
  );
  return [...said, ...calls];
}

function bodyOf(model: string, { system, turns, tools, schema, maxTokens, think }: Ask): ResponseCreateParamsNonStreaming {
  return {
    model,
    input: turns.flatMap(itemsOf),
    store: false,
    include: ['reasoning.encrypted_content'],
    ...(system !== undefined && { instructions: system }),
    ...(tools && {
      tools: tools.map(({ name, description, schema: parameters }) => ({
        type: 'function' as const,
        name,
        description,
        parameters,
        strict: false,
      })),
    }),
    ...(schema && { text: { format: { type: 'json_schema', name: 'answer', schema, strict: true } } }),
    ...(maxTokens !== undefined && { max_output_tokens: maxTokens }),
    ...(think === true && { reasoning: { effort: 'low', summary: 'auto' } }),
  };
}

function finishOf({ status, incomplete_details: details }: Response, called: boolean): string {
  if (status === 'completed') return called ? 'tool-calls' : 'stop';
  return details?.reason === 'max_output_tokens' ? 'length' : 'content-filter';
}

function seenResponse(response: Response): Seen {
  const calls = response.output.flatMap((item) =>
    item.type === 'function_call' ? [{ id: item.call_id, name: item.name, args: JSON.parse(item.arguments) as unknown }] : [],
  );
  const thoughts = response.output.flatMap((item) =>
    item.type === 'reasoning' ? [...item.summary, ...(item.content ?? [])].map((part) => part.text) : [],
  );
  const refusals = response.output.flatMap((item) =>
    item.type === 'message' ? item.content.map((part) => textAt(part, 'refusal')) : [],
  );
  return {
    text: response.output_text,
    reasoning: thoughts.join(''),
    refusal: refusals.join(''),
    calls,
    finish: finishOf(response, calls.length > 0),
    usage: { input: response.usage?.input_tokens ?? -1, output: response.usage?.output_tokens ?? -1 },
    native: response.output,
  };
}

export const openAiResponsesDoor: Door = {
  name: 'openai-responses',
  async ask(access, model, ask) {
    const client = openAiClient(access);
    const body = bodyOf(model, ask);
    if (!ask.stream) return seenResponse(await client.responses.create(body));
    return seenResponse(await client.responses.stream({ ...body, stream: true }).finalResponse());
  },
  readFailure: readSdkFailure,
};
