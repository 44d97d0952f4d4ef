/** The answer of `POST /responses/input_tokens`. */

/** @param count tokens that the input would come to */
export function encodeInputTokens(count: number) {
  return { object: 'response.input_tokens', input_tokens: count };
}
